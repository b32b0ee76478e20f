"""The benchmark's steps in PyTorch: one process, told by lines on standard input which step to run once.

A line `<step>` runs it; the answer is one line of JSON with the seconds it took. `quit` answers with the peak
memory and ends. Arguments: depth, batch size, threads, `channels_last` or `nchw`.
"""

import json
import resource
import sys
import time

import torch
import torch.nn.functional as functional
from torch import nn


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride, project):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.change = (inputs, outputs) if stride != 1 or inputs != outputs else None
        self.shortcut = None
        if self.change and project:
            self.shortcut = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = functional.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        if self.shortcut is not None:
            x = self.shortcut(x)
        elif self.change:
            extra = (self.change[1] - self.change[0]) // 2
            x = functional.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, extra, extra))
        return functional.relu(y + x)


class ResNet(nn.Module):
    def __init__(self, depth):
        super().__init__()
        small = depth not in (18, 34)
        widths = [16, 32, 64] if small else [64, 128, 256, 512]
        counts = [(depth - 2) // 6] * 3 if small else {18: [2, 2, 2, 2], 34: [3, 4, 6, 3]}[depth]
        self.conv1 = nn.Conv2d(3, widths[0], 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(widths[0])
        blocks, inputs = [], widths[0]
        for group, (width, count) in enumerate(zip(widths, counts)):
            for index in range(count):
                blocks.append(Block(inputs, width, 2 if group > 0 and index == 0 else 1, project=not small))
                inputs = width
        self.blocks = nn.Sequential(*blocks)
        self.linear = nn.Linear(inputs, 10)

    def forward(self, x):
        y = self.blocks(functional.relu(self.bn1(self.conv1(x))))
        return self.linear(y.mean((2, 3)))


depth, batch, threads, layout = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
torch.set_num_threads(threads)
torch.manual_seed(0)
memory_format = torch.channels_last if layout == "channels_last" else torch.contiguous_format
student = ResNet(depth).to(memory_format=memory_format)
teacher = ResNet(depth).to(memory_format=memory_format).eval()
images = torch.rand(batch, 3, 32, 32).to(memory_format=memory_format)
labels = torch.arange(batch) % 10
weights = torch.rand(10) + 0.5
optimizer = torch.optim.SGD(student.parameters(), lr=0.01, momentum=0.9, weight_decay=2e-4)


def kl_per_example(logits, target):
    return (target * (torch.log(target.clamp_min(1e-12)) - functional.log_softmax(logits, 1))).sum(1)


def input_gradient(x, loss_of):
    x = x.detach().requires_grad_(True)
    return torch.autograd.grad(loss_of(student(x)).sum(), x)[0]


def attack_gradient():
    student.eval()
    return input_gradient(images, lambda logits: functional.cross_entropy(logits, labels, reduction="none"))


def train_step():
    student.train()
    optimizer.zero_grad()
    functional.cross_entropy(student(images), labels).backward()
    optimizer.step()


def evaluate():
    student.eval()
    with torch.no_grad():
        return student(images)


def fair_rslad_step():
    with torch.no_grad():
        target = functional.softmax(teacher(images), 1)
    student.eval()
    adversarial = (images + 0.001 * torch.randn_like(images)).clamp(0, 1)
    kappa = torch.zeros(batch)
    for _ in range(10):
        x = adversarial.detach().requires_grad_(True)
        logits = student(x)
        gradient = torch.autograd.grad(kl_per_example(logits, target).sum(), x)[0]
        kappa += (logits.argmax(1) == labels).float()
        adversarial = adversarial.detach() + 2 / 255 * gradient.sign()
        adversarial = torch.min(torch.max(adversarial, images - 8 / 255), images + 8 / 255).clamp(0, 1)
    student.train()
    optimizer.zero_grad()
    robust = kl_per_example(student(adversarial), target)
    natural = kl_per_example(student(images), target)
    (weights[labels] * (5 / 6 * robust + 1 / 6 * natural)).mean().backward()
    optimizer.step()


steps = {
    "attack-gradient": attack_gradient,
    "train-step": train_step,
    "fair-rslad-step": fair_rslad_step,
    "evaluation-forward": evaluate,
}
print(json.dumps({"torch": torch.__version__}), flush=True)
for line in sys.stdin:
    name = line.strip()
    if name == "quit":
        break
    started = time.perf_counter()
    steps[name]()
    print(json.dumps({"seconds": time.perf_counter() - started}), flush=True)
print(json.dumps({"peakBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}), flush=True)
