"""Trains one variant and writes its checkpoint and log. See ../README.md for the commands."""

import argparse
import hashlib
import json
import math
import pathlib
import time

import numpy as np
import torch

from base import EntropyModel, luma, ms_ssim
from leaves import leaves
from network import FLAT, Autoencoder, begin_from, published_steps

WIDTH, HEIGHT, CROP = 320, 240, 128


def read_pairs(path):
    """Frames and their predictions, (pairs, 2, HEIGHT, WIDTH, 3)."""
    return np.memmap(path, dtype=np.uint8, mode="r").reshape(-1, 2, HEIGHT, WIDTH, 3)


def draw_batch(pairs, extra, generator, batch):
    """`batch` crops and their predictions; the first sixth comes from the pictures without prediction."""
    now, before = [], []
    for place in range(batch):
        source = extra if 6 * place < batch else pairs
        index = int(generator.integers(len(source)))
        y = int(generator.integers(HEIGHT - CROP + 1))
        x = int(generator.integers(WIDTH - CROP + 1))
        crop = source[index, :, y : y + CROP, x : x + CROP]
        if generator.random() < 0.5:
            crop = crop[:, :, ::-1]
        now.append(crop[0])
        before.append(crop[1])
    both = [torch.from_numpy(np.stack(each)).permute(0, 3, 1, 2).float() for each in (now, before)]
    return both[0], both[1]


def code(model, x, prediction, gain):
    scaled = model.analysis(x, prediction) * gain
    # The decoder sees rounded values (straight-through), the rate term noisy ones (Minnen, Singh 2020).
    whole = scaled + (scaled.round() - scaled).detach()
    noisy = scaled + torch.empty_like(scaled).uniform_(-0.5, 0.5)
    return noisy, whole, model.synthesis(whole / gain, prediction)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("recipe")
    parser.add_argument("--pairs", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--models", default=str(pathlib.Path(__file__).resolve().parent.parent.parent))
    arguments = parser.parse_args()
    recipe = json.loads(pathlib.Path(arguments.recipe).read_text())
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(recipe["seed"])
    generator = np.random.default_rng(recipe["seed"])
    pairs = read_pairs(arguments.pairs)
    extra = np.stack([leaves(generator, HEIGHT, WIDTH) for _ in range(recipe["leaves"])])[:, None].repeat(2, 1)

    folder = pathlib.Path(arguments.models) / recipe["beginFrom"]
    manifest = json.loads((folder / "manifest.json").read_text())
    tables = json.loads((folder / "entropy.json").read_text())
    model = Autoencoder(recipe)
    begin_from(model, folder, json.loads((folder.parent / manifest["training"]["recipe"]).read_text())["channels"])
    start = published_steps(tables)
    levels = len(start)
    learns_steps = recipe["channelSteps"] == "learned"
    # Without learned steps every channel has the level's own, which no training moves.
    if not learns_steps:
        start = start.mean(1, keepdim=True).repeat(1, recipe["latents"])
    # One set of steps and one rate term for pictures by themselves, one for those with a prediction.
    log_gain = torch.nn.Parameter(start[None].repeat(2, 1, 1))
    log_gain.requires_grad_(learns_steps)
    entropy = torch.nn.ModuleList([EntropyModel(recipe["latents"], levels, True) for _ in range(2)])
    lambdas = torch.tensor([recipe["lambda"] / s**1.7 for s in recipe["stepMultipliers"]])
    groups = [
        {"params": list(model.parameters()), "lr": recipe["learningRate"]},
        {"params": [*entropy.parameters(), *([log_gain] if learns_steps else [])], "lr": 6 * recipe["learningRate"]},
    ]
    optimiser = torch.optim.Adam(groups)
    bases = [group["lr"] for group in groups]
    alone = recipe["batch"] // 2

    log = pathlib.Path(arguments.out + ".log").open("w")
    print(json.dumps({"recipe": recipe, "torch": torch.__version__, "pairs": len(pairs)}), file=log, flush=True)
    began = time.time()
    sums = np.zeros(7)
    for step in range(recipe["steps"]):
        warm = min(1.0, (step + 1) / 100)
        decay = 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * step / recipe["steps"]))
        for group, base in zip(optimiser.param_groups, bases):
            group["lr"] = base * warm * decay
        x, before = draw_batch(pairs, extra, generator, recipe["batch"])
        level = torch.from_numpy(generator.integers(levels, size=recipe["batch"]))
        kind = (torch.arange(recipe["batch"]) >= alone).long()
        gain = log_gain[kind, level].exp()[:, :, None, None]
        flat = torch.full_like(x, FLAT)
        prediction = flat.clone()
        with torch.no_grad():
            # A prediction has been coded itself, as coarsely as what it predicts.
            gain_alone = log_gain[0, level[alone:]].exp()[:, :, None, None]
            coded = code(model, before[alone:], flat[alone:], gain_alone)[2]
            prediction[alone:] = coded.clamp(0, 255).round()
        noisy, whole, decoded = code(model, x, prediction, gain)
        bits = torch.cat([
            entropy[0](noisy[:alone], whole[:alone], level[:alone]),
            entropy[1](noisy[alone:], whole[alone:], level[alone:]),
        ]).sum((1, 2, 3)) / (CROP * CROP)
        error = ((decoded - x) ** 2).mean((1, 2, 3))
        similarity = ms_ssim(luma(decoded), luma(x), 4)
        weight = lambdas[level]
        cost = bits + weight * (error + recipe["similarityWeight"] * (1 - similarity))
        # Divided by the weight's root so that no level dominates the gradient.
        loss = (cost / weight.sqrt()).mean()
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_([p for g in groups for p in g["params"]], 5.0 * recipe["clip"])
        optimiser.step()
        means = [part.mean().item() for value in (bits, error, similarity) for part in (value[:alone], value[alone:])]
        sums += [loss.item(), *means]
        every = recipe["logEvery"]
        if (step + 1) % every == 0:
            loss_mean, *means = sums / every
            sums[:] = 0
            names = ("bppAlone", "bppPredicted", "mseAlone", "msePredicted", "msSsimAlone", "msSsimPredicted")
            line = {"step": step + 1, "loss": round(loss_mean, 4), **{n: round(v, 4) for n, v in zip(names, means)},
                    "seconds": round(time.time() - began)}
            print(json.dumps(line), file=log, flush=True)
            torch.save({"recipe": recipe, "model": model.state_dict(), "entropy": entropy.state_dict(),
                        "logGain": log_gain.detach(), "step": step + 1}, arguments.out)
    checkpoint = hashlib.sha256(pathlib.Path(arguments.out).read_bytes()).hexdigest()
    print(json.dumps({"checkpointSha256": checkpoint}), file=log, flush=True)


if __name__ == "__main__":
    main()
