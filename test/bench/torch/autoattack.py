"""AutoAttack's members in order on a contest's images, by the reference implementation (fra31/auto-attack).

Arguments: the contest's folder, and that of a checkout of the reference. Answers with one line of JSON.
"""

import json
import os
import struct
import sys
import time

import numpy
import torch
from networks import Normalised, network

folder, reference = sys.argv[1:3]
sys.path.insert(0, reference)
from autoattack import AutoAttack  # noqa: E402

batch_size = 250  # the reference's own default


def read(name):
    with open(os.path.join(folder, name), "rb") as file:
        return file.read()


def weights():
    """The tensors of a safetensors file."""
    content = read("network.safetensors")
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + length])
    header.pop("__metadata__", None)
    kinds = {"F32": numpy.float32, "I64": numpy.int64}
    tensors = {}
    for name, entry in header.items():
        start, end = (8 + length + offset for offset in entry["data_offsets"])
        values = numpy.frombuffer(content[start:end], kinds[entry["dtype"]]).reshape(entry["shape"])
        tensors[name] = torch.from_numpy(values.copy())
    return tensors


class Counting(torch.nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner
        self.forwards = 0

    def forward(self, x):
        self.forwards += len(x)
        return self.inner(x)


contest = json.loads(read("contest.json"))
torch.set_num_threads(contest["threads"])
plain = network(contest["network"])
plain.load_state_dict(weights())
model = Counting(Normalised(plain, contest["mean"], contest["std"])).eval()
side = 32
images = torch.from_numpy(numpy.frombuffer(read("images"), numpy.float32).reshape(-1, side, side, 3).copy())
images = images.permute(0, 3, 1, 2).contiguous()
labels = torch.from_numpy(numpy.frombuffer(read("labels"), numpy.int32).astype(numpy.int64))

adversary = AutoAttack(model, norm="Linf", eps=contest["epsilon"], seed=0, verbose=False, version="standard", device="cpu")
adversary.square.n_queries = contest["queries"]
for attack in (adversary.apgd, adversary.apgd_targeted, adversary.fab):
    attack.n_iter = contest["iterations"]


def attack_named(name):
    if name == "apgd-ce":
        adversary.apgd.loss = "ce"
        return adversary.apgd
    if name == "fab-t":
        adversary.fab.targeted = True
        adversary.fab.n_restarts = 1
        return adversary.fab
    return {"apgd-t": adversary.apgd_targeted, "square": adversary.square}[name]


def correct(rows, pictures):
    with torch.no_grad():
        return [row for row, wins in zip(rows, model(pictures).argmax(1) == labels[rows]) if wins]


robust = correct(list(range(len(labels))), images)
outcome = {"version": f"PyTorch {torch.__version__}", "correct": robust, "attacks": {}}
for name in contest["attacks"]:
    if not robust:
        break
    model.forwards = 0
    started = time.perf_counter()
    attack = attack_named(name)
    attack.seed = 0
    left = []
    for start in range(0, len(robust), batch_size):
        rows = robust[start : start + batch_size]
        left += correct(rows, attack.perturb(images[rows].clone(), labels[rows].clone()))
    outcome["attacks"][name] = {
        "seconds": time.perf_counter() - started,
        "forwards": model.forwards,
        "broken": [row for row in robust if row not in left],
    }
    robust = left
print(json.dumps(outcome))
