"""The benchmark's steps in PyTorch: one process, told by lines on standard input which step to run once.

A line `<step>` runs it; the answer is one line of JSON with the seconds it took. `quit` answers with the peak memory
and ends. Arguments: network, batch size, threads, image size, and how: `channels-last`, `nchw` or `released`.
"""

import json
import resource
import sys
import time

import torch
import torch.nn.functional as functional
from networks import network
from released import released_step

name, batch, threads, size, manner = sys.argv[1], *map(int, sys.argv[2:5]), sys.argv[5]
torch.set_num_threads(threads)
torch.manual_seed(0)
memory_format = torch.channels_last if manner == "channels-last" else torch.contiguous_format
student = network(name).to(memory_format=memory_format)
teacher = network(name).to(memory_format=memory_format).eval()
for parameter in teacher.parameters():
    parameter.requires_grad_(False)
images = torch.rand(batch, 3, size, size).to(memory_format=memory_format)
labels = torch.arange(batch) % 10
weights = torch.rand(10) + 0.5
optimizer = torch.optim.SGD(student.parameters(), lr=0.01, momentum=0.9, weight_decay=2e-4, nesterov=True)


def attack_gradient():
    student.eval()
    x = images.detach().requires_grad_(True)
    return torch.autograd.grad(functional.cross_entropy(student(x), labels, reduction="sum"), x)[0]


def train_step():
    student.train()
    optimizer.zero_grad()
    functional.cross_entropy(student(images), labels).backward()
    optimizer.step()


def evaluate():
    student.eval()
    with torch.no_grad():
        return student(images)


def soft_label_loss(logits, target):
    return (target * (torch.log(target + 1e-5) - functional.log_softmax(logits, 1))).mean(1)


def fair_rslad_step():
    """Fair-RSLAD as one would write it for speed: no loops over examples, no values read."""
    with torch.no_grad():
        target = functional.softmax(teacher(images), 1)
    student.eval()
    for parameter in student.parameters():
        parameter.requires_grad_(False)
    adversarial = images + 0.001 * torch.randn_like(images)
    kappa = torch.zeros(batch)
    for _ in range(10):
        x = adversarial.detach().requires_grad_(True)
        logits = student(x)
        divergence = functional.kl_div(functional.log_softmax(logits, 1), target, reduction="sum")
        gradient = torch.autograd.grad(divergence, x)[0]
        kappa += (logits.detach().argmax(1) == labels).float()
        adversarial = adversarial.detach() + 2 / 255 * gradient.sign()
        adversarial = torch.min(torch.max(adversarial, images - 8 / 255), images + 8 / 255).clamp_(0, 1)
    student.train()
    for parameter in student.parameters():
        parameter.requires_grad_(True)
    optimizer.zero_grad()
    robust = soft_label_loss(student(adversarial), target)
    natural = soft_label_loss(student(images), target)
    (weights[labels] * (5 / 6 * robust + 1 / 6 * natural)).mean().backward()
    optimizer.step()
    return torch.zeros(10).index_add(0, labels, kappa)


def released():
    released_step(student, teacher, optimizer, images, labels, weights, [0] * 10)


steps = {
    "attack-gradient": attack_gradient,
    "train-step": train_step,
    "fair-rslad-step": released if manner == "released" else fair_rslad_step,
    "evaluation-forward": evaluate,
}
print(json.dumps({"PyTorch": torch.__version__}), flush=True)
for line in sys.stdin:
    step = line.strip()
    if step == "quit":
        break
    started = time.perf_counter()
    steps[step]()
    print(json.dumps({"seconds": time.perf_counter() - started}), flush=True)
print(json.dumps({"peakBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}), flush=True)
