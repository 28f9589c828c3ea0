"""Trains one version and writes its checkpoint and log. See README.md for the command."""

import argparse
import hashlib
import json
import math
import pathlib
import time

import numpy as np
import torch

from network import Autoencoder, EntropyModel, luma, ms_ssim

WIDTH, HEIGHT, CROP = 320, 240, 128


def read_frames(path):
    return np.memmap(path, dtype=np.uint8, mode="r").reshape(-1, HEIGHT, WIDTH, 3)


def draw_batch(frames, generator, batch):
    crops = []
    for _ in range(batch):
        index = int(generator.integers(len(frames)))
        y = int(generator.integers(HEIGHT - CROP + 1))
        x = int(generator.integers(WIDTH - CROP + 1))
        crop = frames[index, y : y + CROP, x : x + CROP]
        if generator.random() < 0.5:
            crop = crop[:, ::-1]
        crops.append(np.ascontiguousarray(crop))
    return torch.from_numpy(np.stack(crops)).permute(0, 3, 1, 2).float()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("recipe")
    parser.add_argument("--frames", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    recipe = json.loads(pathlib.Path(arguments.recipe).read_text())
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(recipe["seed"])
    generator = np.random.default_rng(recipe["seed"])
    frames = read_frames(arguments.frames)
    steps_of_levels = recipe["stepMultipliers"]
    levels = len(steps_of_levels)

    model = Autoencoder(recipe["latents"], recipe["channels"], recipe["blocks"], recipe["widening"], recipe["dctStart"])
    entropy = EntropyModel(recipe["latents"], levels, recipe["context"])
    start = torch.tensor([math.log(recipe["startGain"] / s) for s in steps_of_levels])
    log_gain = torch.nn.Parameter(start[:, None].repeat(1, recipe["latents"]))
    lambdas = torch.tensor([recipe["lambda"] / s**1.7 for s in steps_of_levels])
    groups = [
        {"params": list(model.parameters()), "lr": recipe["learningRate"]},
        {"params": [*entropy.parameters(), log_gain], "lr": 4 * recipe["learningRate"]},
    ]
    optimiser = torch.optim.Adam(groups)
    bases = [group["lr"] for group in groups]

    log_path = pathlib.Path(arguments.out + ".log")
    log = log_path.open("w")
    print(json.dumps({"recipe": recipe, "torch": torch.__version__, "frames": len(frames)}), file=log, flush=True)
    # A run may end before its learning rate's schedule does.
    schedule = recipe.get("scheduleSteps", recipe["steps"])
    began = time.time()
    sums = np.zeros(4)
    for step in range(recipe["steps"]):
        warm = min(1.0, (step + 1) / 200)
        decay = 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * step / schedule))
        for group, base in zip(optimiser.param_groups, bases):
            group["lr"] = base * warm * decay
        x = draw_batch(frames, generator, recipe["batch"])
        level = torch.from_numpy(generator.integers(levels, size=recipe["batch"]))
        gain = log_gain[level].exp()[:, :, None, None]
        scaled = model.analysis(x) * gain
        noisy = scaled + torch.empty_like(scaled).uniform_(-0.5, 0.5)
        # The decoder sees rounded values (straight-through), the rate term noisy ones (Minnen, Singh 2020).
        whole = scaled + (scaled.round() - scaled).detach()
        bits = entropy(noisy, whole, level).sum((1, 2, 3)) / (CROP * CROP)
        decoded = model.synthesis(whole / gain)
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
        sums += [loss.item(), bits.mean().item(), error.mean().item(), similarity.mean().item()]
        every = recipe["logEvery"]
        if (step + 1) % every == 0:
            means = sums / every
            sums[:] = 0
            line = {"step": step + 1, "loss": round(means[0], 4), "bpp": round(means[1], 4), "mse": round(means[2], 2),
                    "msSsim": round(means[3], 4), "seconds": round(time.time() - began)}
            print(json.dumps(line), file=log, flush=True)
            torch.save({"recipe": recipe, "model": model.state_dict(), "entropy": entropy.state_dict(),
                        "logGain": log_gain.detach(), "step": step + 1}, arguments.out)
    checkpoint = hashlib.sha256(pathlib.Path(arguments.out).read_bytes()).hexdigest()
    print(json.dumps({"checkpointSha256": checkpoint}), file=log, flush=True)


if __name__ == "__main__":
    main()
