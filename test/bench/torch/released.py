"""One step of Fair-RSLAD in the manner in which the method was released (methods.md 2.3 to 2.5).

The mathematics is that of the other contestants. The manner is that of research code: example after example, kappa is
counted and the loss is put together in Python, and every such look at a value waits for it.
"""

import torch
import torch.nn.functional as functional


def soft_label_loss(log_probabilities, target):
    """Per class, `[classes]`."""
    return target * torch.log(target + 1e-5) - target * log_probabilities


def attack(student, images, labels, teacher_logits):
    """Ten steps; returns adversarial images and how many of their iterates each example survived."""
    student.eval()
    survived = [0] * len(images)
    iterate = images.detach() + 0.001 * torch.randn(images.shape)
    for _ in range(10):
        iterate.requires_grad_()
        logits = student(iterate)
        predictions = logits.max(1, keepdim=True)[1]
        for index in range(len(images)):
            if predictions[index].item() == labels[index].item():
                survived[index] += 1
        divergences = functional.kl_div(
            functional.log_softmax(logits, 1), functional.softmax(teacher_logits, 1), reduction="none"
        )
        gradient = torch.autograd.grad(divergences.sum(), [iterate])[0]
        iterate = iterate.detach() + 2 / 255 * torch.sign(gradient.detach())
        iterate = torch.min(torch.max(iterate, images - 8 / 255), images + 8 / 255)
        iterate = torch.clamp(iterate, 0.0, 1.0)
    student.train()
    return iterate.detach(), survived


def weighted_loss(logits, teacher_logits, labels, weights):
    losses = []
    for index in range(len(labels)):
        target = functional.softmax(teacher_logits[index], 0)
        loss = soft_label_loss(functional.log_softmax(logits[index], 0), target)
        losses.append(loss * weights[labels[index].item()])
    return torch.mean(sum(losses) / len(labels))


def released_step(student, teacher, optimizer, images, labels, weights, kappa):
    """`kappa` is the list of the epoch's sums per class."""
    student.train()
    optimizer.zero_grad()
    with torch.no_grad():
        teacher_logits = teacher(images)
    adversarial, survived = attack(student, images, labels, teacher_logits)
    adversarial_logits = student(adversarial)
    for index, count in enumerate(survived):
        kappa[labels[index].item()] += count
    clean_logits = student(images)
    robust = weighted_loss(adversarial_logits, teacher_logits, labels, weights)
    clean = weighted_loss(clean_logits, teacher_logits, labels, weights)
    (5 / 6 * robust + 1 / 6 * clean).backward()
    optimizer.step()
