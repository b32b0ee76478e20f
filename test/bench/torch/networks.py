"""The networks of the benchmark in PyTorch, with the parameter names of our models."""

import torch
import torch.nn.functional as functional
from torch import nn


def convolution(inputs, outputs, kernel, stride=1, groups=1, bias=False):
    return nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=bias)


class Blocks(nn.Module):
    """What residual networks share: groups of blocks named `layer1` and so on."""

    def group(self, number, block, inputs, outputs, count, stride):
        blocks = [block(inputs if index == 0 else outputs, outputs, stride if index == 0 else 1) for index in range(count)]
        self.add_module(f"layer{number}", nn.Sequential(*blocks))


class BasicBlock(nn.Module):
    """`project` decides what the shortcut does where the shape changes: project, or pad with zeros."""

    project = True

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = convolution(inputs, outputs, 3, stride)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = convolution(outputs, outputs, 3)
        self.bn2 = nn.BatchNorm2d(outputs)
        changes = stride != 1 or inputs != outputs
        self.shortcut = nn.Sequential()
        self.extra = 0
        if changes and self.project:
            self.shortcut = nn.Sequential(convolution(inputs, outputs, 1, stride), nn.BatchNorm2d(outputs))
        elif changes:
            self.extra = (outputs - inputs) // 2

    def forward(self, x):
        y = functional.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        if self.extra:
            x = functional.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.extra, self.extra))
        return functional.relu(y + self.shortcut(x))


class PaddingBlock(BasicBlock):
    project = False


class ResNet(Blocks):
    def __init__(self, depth):
        super().__init__()
        four = {18: [2, 2, 2, 2], 34: [3, 4, 6, 3]}
        counts = four.get(depth, [(depth - 2) // 6] * 3)
        widths = [64, 128, 256, 512] if depth in four else [16, 32, 64]
        self.conv1 = convolution(3, widths[0], 3)
        self.bn1 = nn.BatchNorm2d(widths[0])
        self.groups = len(widths)
        inputs = widths[0]
        for index, (width, count) in enumerate(zip(widths, counts)):
            block = BasicBlock if depth in four else PaddingBlock
            self.group(index + 1, block, inputs, width, count, 1 if index == 0 else 2)
            inputs = width
        self.linear = nn.Linear(inputs, 10)

    def forward(self, x):
        x = functional.relu(self.bn1(self.conv1(x)))
        for index in range(self.groups):
            x = getattr(self, f"layer{index + 1}")(x)
        return self.linear(x.mean((2, 3)))


class PreactivationBlock(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.bn1 = nn.BatchNorm2d(inputs)
        self.conv1 = convolution(inputs, outputs, 3, stride)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.conv2 = convolution(outputs, outputs, 3)
        if stride != 1 or inputs != outputs:
            self.shortcut = nn.Sequential(convolution(inputs, outputs, 1, stride))

    def forward(self, x):
        y = functional.relu(self.bn1(x))
        shortcut = self.shortcut(y) if hasattr(self, "shortcut") else x
        return self.conv2(functional.relu(self.bn2(self.conv1(y)))) + shortcut


class PreactResNet18(Blocks):
    def __init__(self):
        super().__init__()
        self.conv1 = convolution(3, 64, 3)
        inputs = 64
        for index, width in enumerate([64, 128, 256, 512]):
            self.group(index + 1, PreactivationBlock, inputs, width, 2, 1 if index == 0 else 2)
            inputs = width
        self.bn = nn.BatchNorm2d(512)
        self.linear = nn.Linear(512, 10)

    def forward(self, x):
        x = self.layer4(self.layer3(self.layer2(self.layer1(self.conv1(x)))))
        return self.linear(functional.relu(self.bn(x)).mean((2, 3)))


class InvertedResidual(nn.Module):
    def __init__(self, inputs, planes, outputs, stride):
        super().__init__()
        self.conv1 = convolution(inputs, planes, 1)
        self.bn1 = nn.BatchNorm2d(planes)
        self.conv2 = convolution(planes, planes, 3, stride, groups=planes)
        self.bn2 = nn.BatchNorm2d(planes)
        self.conv3 = convolution(planes, outputs, 1)
        self.bn3 = nn.BatchNorm2d(outputs)
        self.adds = stride == 1
        self.shortcut = nn.Sequential()
        if self.adds and inputs != outputs:
            self.shortcut = nn.Sequential(convolution(inputs, outputs, 1), nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = functional.relu(self.bn1(self.conv1(x)))
        y = functional.relu(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(y))
        return y + self.shortcut(x) if self.adds else y


class MobileNetV2(nn.Module):
    def __init__(self):
        super().__init__()
        groups = [(1, 16, 1, 1), (6, 24, 2, 1), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]
        self.conv1 = convolution(3, 32, 3)
        self.bn1 = nn.BatchNorm2d(32)
        blocks, inputs = [], 32
        for expansion, outputs, count, stride in groups:
            for index in range(count):
                blocks.append(InvertedResidual(inputs, inputs * expansion, outputs, stride if index == 0 else 1))
                inputs = outputs
        self.layers = nn.Sequential(*blocks)
        self.conv2 = convolution(320, 1280, 1)
        self.bn2 = nn.BatchNorm2d(1280)
        self.linear = nn.Linear(1280, 10)

    def forward(self, x):
        x = self.layers(functional.relu(self.bn1(self.conv1(x))))
        return self.linear(functional.relu(self.bn2(self.conv2(x))).mean((2, 3)))


class PlainBlock(nn.Module):
    """A residual block with biases in place of batch norm."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = convolution(inputs, outputs, 3, stride, bias=True)
        self.conv2 = convolution(outputs, outputs, 3, bias=True)
        self.shortcut = nn.Sequential()
        if stride != 1:
            self.shortcut = nn.Sequential(convolution(inputs, outputs, 1, stride, bias=True))

    def forward(self, x):
        return functional.relu(self.conv2(functional.relu(self.conv1(x))) + self.shortcut(x))


class PlainResNet(Blocks):
    """`resnet2b` and `resnet4b`."""

    def __init__(self, stem, outputs, groups):
        super().__init__()
        self.conv1 = convolution(3, stem, 3, 2, bias=True)
        self.groups = groups
        for index in range(groups):
            self.group(index + 1, PlainBlock, stem if index == 0 else outputs, outputs, 2, 2)
        side = 32 // 2 ** (groups + 1)
        self.linear1 = nn.Linear(outputs * side * side, 100)
        self.linear2 = nn.Linear(100, 10)

    def forward(self, x):
        x = functional.relu(self.conv1(x))
        for index in range(self.groups):
            x = getattr(self, f"layer{index + 1}")(x)
        return self.linear2(functional.relu(self.linear1(x.flatten(1))))


class Normalised(nn.Module):
    """A network with its normalisation inside, as ours have it."""

    def __init__(self, network, mean, std):
        super().__init__()
        self.network = network
        self.mean, self.std = (torch.tensor(values).view(1, -1, 1, 1) for values in (mean, std))

    def forward(self, x):
        return self.network((x - self.mean) / self.std)


def network(name):
    """By the name that `ard` gives it."""
    if name == "mobilenet-v2":
        return MobileNetV2()
    if name == "preact-resnet-18":
        return PreactResNet18()
    if name == "resnet-plain:2b":
        return PlainResNet(8, 16, 1)
    if name == "resnet-plain:4b":
        return PlainResNet(16, 32, 2)
    return ResNet(int(name.split("-")[1]))
