"""Writes a trained variant as the product reads it: two ONNX graphs, entropy file, manifest with hashes.

Twice: first with --draft, whose entropy file has the trained contexts but no probabilities, so that the product's
own coder can record what it codes (collect.ts); then with that recording, from which the probabilities are counted.
"""

import argparse
import hashlib
import json
import pathlib

import numpy as np
import torch

from graphs import export_analysis, export_synthesis
from network import Autoencoder
from tables import KINDS, PREDICTION_BITS, draft_kind, fit_kind, loudness_model, motion_model, read_recording

# As many as shared/codec/stream-model.ts says.
SIGNAL_CONTEXTS = {"vectors": 200, "command": 300, "readings": 300, "lidar": 400, "audio": 272}
WORDS = ("version", "description", "intendedUse")


def write_entropy(recipe, checkpoint, folder, recording, plain):
    gains = checkpoint["logGain"].exp().numpy()
    steps = (1 / gains).astype(np.float32)
    document = {"schemaVersion": 2, "latents": recipe["latents"], "predictionBits": PREDICTION_BITS}
    recorded = None if recording is None else read_recording(recording, recipe["latents"])
    sizes = None
    if recorded is None:
        for index, kind in enumerate(KINDS):
            document[kind] = draft_kind(steps[index])
        document["motion"] = {"yawShift": 0, "yawBend": 0, "spread": 0, **recipe["camera"], "loudness": [65536, 0, 0]}
        document["starts"] = {name: [32768] * count for name, count in SIGNAL_CONTEXTS.items()}
    else:
        sizes = []
        for index, kind in enumerate(KINDS):
            document[kind], size = fit_kind(recorded["frames"], kind, steps[index], plain)
            sizes.append(size)
        document["motion"] = {**motion_model(recorded["motion"]), **recipe["camera"], "loudness": loudness_model(recorded["loudness"])}
        document["starts"] = recorded["starts"]
    (folder / "entropy.json").write_text(json.dumps(document, separators=(",", ":")) + "\n")
    return sizes


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("recipe")
    parser.add_argument("checkpoint")
    parser.add_argument("--out", required=True, help="the version's folder")
    parser.add_argument("--recording", help="what collect.ts wrote; without it a draft is made")
    parser.add_argument("--plain", action="store_true", help="one table a channel, whatever lies around: for the ablation")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    checkpoint = torch.load(arguments.checkpoint, weights_only=True)
    recipe = json.loads(pathlib.Path(arguments.recipe).read_text())
    # Words are no part of what was trained: they are taken from the recipe as it stands now.
    for name, value in checkpoint["recipe"].items():
        if name not in WORDS and recipe[name] != value:
            raise SystemExit(f"the checkpoint was trained with another {name}")
    model = Autoencoder(recipe)
    model.load_state_dict(checkpoint["model"])
    folder = pathlib.Path(arguments.out)
    folder.mkdir(parents=True, exist_ok=True)
    export_analysis(model, folder / "analysis.onnx")
    export_synthesis(model, folder / "synthesis.onnx")
    sizes = write_entropy(recipe, checkpoint, folder, arguments.recording, arguments.plain)
    levels = range(len(recipe["stepMultipliers"]))
    expected = sizes or [[1 for _ in levels], [1 for _ in levels]]

    files = {}
    for name in ("analysis.onnx", "synthesis.onnx", "entropy.json", "golden.json"):
        if not (folder / name).exists():
            continue
        data = (folder / name).read_bytes()
        files[name.split(".")[0]] = {"path": name, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    picture = {"dtype": "uint8", "shape": [1, "height", "width", 3]}
    latents = {"name": "latents", "dtype": "float32", "shape": [1, recipe["latents"], "height / 8", "width / 8"]}
    manifest = {
        "schemaVersion": 1,
        "version": recipe["version"],
        "family": "motion-attention-autoencoder",
        "description": recipe["description"],
        "drill": False,
        "files": files,
        "patch": 8,
        "analysis": {"input": {"name": "image", **picture}, "prediction": {"name": "prediction", **picture}, "output": latents},
        "synthesis": {"input": latents, "prediction": {"name": "prediction", **picture}, "output": {"name": "image", **picture}},
        "latents": recipe["latents"],
        "quantiser": "uniform, to the nearest multiple of a learned step for each channel, level and kind of frame; contexts in integers",
        "levels": [
            {"level": i + 1, "stepMultiplier": recipe["stepMultipliers"][i],
             "expectedCameraBytes": expected[0][i], "expectedPredictedBytes": expected[1][i]}
            for i in levels
        ],
        "defaultLevel": 3,
        "stream": {"keyframeInterval": recipe["keyframeInterval"], "fuses": ["camera", "lidar", "imu", "audio", "twist"]},
        "training": {
            "recipe": f"training/fusion/recipe-{recipe['version']}.json",
            "seed": recipe["seed"],
            "steps": checkpoint["step"],
            "torch": torch.__version__,
            "data": "1800 procedural pairs of frames of 320x240, world seeds 100000 to 100299, and "
            f"{recipe['leaves']} pictures of overlapping shapes; begun from the weights of {recipe['beginFrom']}",
        },
        "licence": "Apache-2.0",
        "intendedUse": recipe["intendedUse"],
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    print(recipe["version"], "bytes of a picture by level", expected, "files", sum(each["bytes"] for each in files.values()))


if __name__ == "__main__":
    main()
