"""Writes a trained version as the product reads it: two ONNX graphs, entropy tables, manifest with hashes."""

import argparse
import hashlib
import json
import pathlib

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from network import Autoencoder, EntropyModel
from train import HEIGHT, WIDTH, read_frames

OPSET = 17
PRECISION_BITS = 14
WEIGHT_BITS = 8
PREDICTION_BITS = 6
MAGNITUDE_LIMIT = 255
WORDS = ("description", "drill", "intendedUse")
QUANTILES = (0.25, 0.45, 0.62, 0.77, 0.88, 0.95)


class Graph:
    def __init__(self):
        self.nodes, self.initialisers, self.count = [], [], 0

    def constant(self, value):
        self.count += 1
        name = f"w{self.count}"
        self.initialisers.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, kind, inputs, outputs=1, **attributes):
        names = []
        for _ in range(outputs):
            self.count += 1
            names.append(f"t{self.count}")
        self.nodes.append(helper.make_node(kind, inputs, names, **attributes))
        return names[0] if outputs == 1 else names

    def conv(self, x, weight, bias, **attributes):
        weight = weight.detach().numpy().astype(np.float32)
        return self.node("Conv", [x, self.constant(weight), self.constant(bias.detach().numpy().astype(np.float32))], **attributes)

    def block(self, x, block):
        channels = block.spread.weight.shape[0]
        y = self.conv(x, block.spread.weight, block.spread.bias, group=channels, pads=[2, 2, 2, 2])
        y = self.node("Relu", [self.conv(y, block.widen.weight, block.widen.bias)])
        return self.node("Add", [x, self.conv(y, block.narrow.weight, block.narrow.bias)])

    def save(self, path, name, source, sink, result):
        self.nodes.append(helper.make_node("Identity", [result], [sink.name]))
        graph = helper.make_graph(self.nodes, name, [source], [sink], self.initialisers)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="lydlr-ops")
        model.ir_version = 8
        onnx.checker.check_model(model, full_check=True)
        path.write_bytes(model.SerializeToString())


def export_analysis(model, path):
    graph = Graph()
    source = helper.make_tensor_value_info("image", TensorProto.UINT8, [1, "height", "width", 3])
    sink = helper.make_tensor_value_info("latents", TensorProto.FLOAT, [1, model.latents, "rows", "columns"])
    x = graph.node("Transpose", ["image"], perm=[0, 3, 1, 2])
    x = graph.node("Cast", [x], to=TensorProto.FLOAT)
    # The network was trained on x / 255 - 1/2: both are folded into the first convolution.
    weight = model.embed.weight.reshape(-1, 3, 8, 8)
    x = graph.conv(x, weight / 255, model.embed.bias - 0.5 * weight.sum((1, 2, 3)), strides=[8, 8])
    features, linear = graph.node("Split", [x, graph.constant(np.array([model.channels, model.latents]))], 2, axis=1)
    for block in model.encoder:
        features = graph.block(features, block)
    y = graph.conv(features, model.to_latents.weight, model.to_latents.bias)
    graph.save(path, "analysis", source, sink, graph.node("Add", [linear, y]))


def export_synthesis(model, path):
    graph = Graph()
    source = helper.make_tensor_value_info("latents", TensorProto.FLOAT, [1, model.latents, "rows", "columns"])
    sink = helper.make_tensor_value_info("image", TensorProto.UINT8, [1, "height", "width", 3])
    x = graph.conv("latents", model.from_latents.weight, model.from_latents.bias)
    for block in model.decoder:
        x = graph.block(x, block)
    x = graph.node("Concat", [x, "latents"], axis=1)
    # (x + 1/2) * 255 is folded in, and another 1/2 so that the cast, which truncates, rounds.
    x = graph.conv(x, model.to_pixels.weight * 255, model.to_pixels.bias * 255 + 128)
    x = graph.node("Clip", [x, graph.constant(np.float32(0)), graph.constant(np.float32(255))])
    x = graph.node("DepthToSpace", [x], blocksize=8, mode="CRD")
    x = graph.node("Cast", [x], to=TensorProto.UINT8)
    graph.save(path, "synthesis", source, sink, graph.node("Transpose", [x], perm=[0, 2, 3, 1]))


def shift(q, down, right):
    """q (frames, latents, rows, columns) as seen from below and from the right; zero outside."""
    result = np.zeros_like(q)
    rows, columns = q.shape[-2:]
    left, end = max(right, 0), columns + min(right, 0)
    result[..., down:, left:end] = q[..., : rows - down, max(-right, 0) : columns - max(right, 0)]
    return result


def contexts(q, prediction, weights):
    """Predicted values and scores in integers, exactly as the product's coder computes them."""
    left, up, up_left, up_right = shift(q, 0, 1), shift(q, 1, 0), shift(q, 1, 1), shift(q, 1, -1)
    a, b, c = (prediction[:, i][None, :, None, None] for i in range(3))
    mean = (a * left + b * up + c * up_left + (1 << (PREDICTION_BITS - 1))) >> PREDICTION_BITS
    m = np.minimum(np.abs(q), MAGNITUDE_LIMIT)
    ml, mu, mul, mur = shift(m, 0, 1), shift(m, 1, 0), shift(m, 1, 1), shift(m, 1, -1)
    same = 2 * ml + 2 * mu + mul + mur
    activity = (ml + mu).sum(1, keepdims=True)
    earlier = np.cumsum(m, 1) - m
    w = [weights[:, i][None, :, None, None] for i in range(3)]
    return mean, w[0] * same + w[1] * activity + w[2] * earlier


def frequencies(values):
    """A table [first symbol, frequency, ..., frequency of escape] whose frequencies sum to 2^14."""
    total = 1 << PRECISION_BITS
    if len(values) == 0:
        values = np.zeros(1, np.int64)
    low = int(np.clip(np.quantile(values, 0.0005), -40, 0))
    high = int(np.clip(np.quantile(values, 0.9995), 0, 40))
    span = high - low + 1
    inside = values[(values >= low) & (values <= high)]
    counts = np.bincount(inside - low, minlength=span).astype(np.float64)
    escape = len(values) - len(inside)
    # A pinch of a Laplace distribution keeps symbols possible that the sample did not show.
    scale = max(0.2, float(np.abs(values).mean()))
    prior = np.exp(-np.abs(np.arange(low, high + 1)) / scale)
    counts += 8 * prior / prior.sum()
    weights = np.append(counts, escape + 0.5)
    table = np.maximum(1, np.floor(weights / weights.sum() * total)).astype(np.int64)
    table[np.argmax(table)] += total - table.sum()
    return [low, *table.tolist()]


def shifted_levels(values, shift):
    """Moves every level a part of the way to the next coarser one, on a scale of logarithms."""
    logarithms = np.log(np.asarray(values, dtype=np.float64))
    beyond = 2 * logarithms[-1:] - logarithms[-2:-1]
    following = np.concatenate([logarithms[1:], beyond])
    return np.exp((1 - shift) * logarithms + shift * following)


def entropy_tables(recipe, checkpoint, latents_of_frames):
    state = checkpoint["entropy"]
    entropy = EntropyModel(recipe["latents"], len(recipe["stepMultipliers"]), recipe["context"])
    entropy.load_state_dict(state)
    gains = shifted_levels(checkpoint["logGain"].exp().numpy(), recipe.get("levelShift", 0))
    latents = recipe["latents"]
    if recipe["context"]:
        prediction = np.round(entropy.predict.detach().numpy().T * (1 << PREDICTION_BITS)).astype(np.int64)
        divided = entropy.weights().detach().numpy().T / np.array([6.0, 16.0, 8.0])
        weights = np.round(divided * (1 << WEIGHT_BITS)).astype(np.int64)
    else:
        prediction = np.zeros((latents, 3), np.int64)
        weights = np.zeros((latents, 3), np.int64)
    levels, bits = [], []
    for index in range(len(recipe["stepMultipliers"])):
        steps = (1 / gains[index]).astype(np.float32)
        q = np.rint(latents_of_frames / steps[None, :, None, None]).astype(np.int64)
        mean, score = contexts(q, prediction, weights)
        residual = q - mean
        thresholds, tables, cost = [], [], 0.0
        for channel in range(latents):
            scores, values = score[:, channel].ravel(), residual[:, channel].ravel()
            bounds = sorted({int(v) + 1 for v in np.quantile(scores, QUANTILES)}) if recipe["context"] else []
            bounds = [b for b in bounds if b <= scores.max()]
            classes = np.searchsorted(bounds, scores, side="right")
            row = [frequencies(values[classes == k]) for k in range(len(bounds) + 1)]
            for k, table in enumerate(row):
                hit = values[classes == k] - table[0]
                inside = (hit >= 0) & (hit < len(table) - 2)
                p = np.array(table[1:]) / (1 << PRECISION_BITS)
                cost += -np.log2(p[np.where(inside, hit, len(table) - 2)]).sum() + 6 * (~inside).sum()
            thresholds.append(bounds)
            tables.append(row)
        bits.append(cost / len(q))
        levels.append({"level": index + 1, "steps": [float(s) for s in steps], "thresholds": thresholds, "tables": tables})
    document = {
        "schemaVersion": 1,
        "latents": latents,
        "precisionBits": PRECISION_BITS,
        "predictionBits": PREDICTION_BITS,
        "prediction": prediction.tolist(),
        "weights": weights.tolist(),
        "levels": levels,
    }
    return document, [round(b / 8) for b in bits]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("recipe")
    parser.add_argument("checkpoint")
    parser.add_argument("--frames", required=True)
    parser.add_argument("--out", required=True, help="the models folder")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    checkpoint = torch.load(arguments.checkpoint, weights_only=True)
    recipe = checkpoint["recipe"]
    # Words are no part of what was trained: they are taken from the recipe as it stands now.
    current = json.loads(pathlib.Path(arguments.recipe).read_text())
    for name, value in recipe.items():
        if name not in (*WORDS, "steps", "scheduleSteps") and current[name] != value:
            raise SystemExit(f"the checkpoint was trained with another {name}")
    schedules = [each.get("scheduleSteps", each["steps"]) for each in (recipe, current)]
    if schedules[0] != schedules[1] or current["steps"] != checkpoint["step"]:
        raise SystemExit("the checkpoint was trained for another number of steps")
    recipe = current
    model = Autoencoder(recipe["latents"], recipe["channels"], recipe["blocks"], recipe["widening"], recipe["dctStart"])
    model.load_state_dict(checkpoint["model"])
    folder = pathlib.Path(arguments.out) / recipe["version"]
    folder.mkdir(parents=True, exist_ok=True)
    export_analysis(model, folder / "analysis.onnx")
    export_synthesis(model, folder / "synthesis.onnx")

    frames = read_frames(arguments.frames)
    chosen = range(0, len(frames), max(1, len(frames) // 200))
    with torch.no_grad():
        latents = np.concatenate([
            model.analysis(torch.from_numpy(frames[i].copy()).permute(2, 0, 1)[None].float()).numpy() for i in chosen
        ])
    document, level_bytes = entropy_tables(recipe, checkpoint, latents)
    (folder / "entropy.json").write_text(json.dumps(document, separators=(",", ":")) + "\n")

    multipliers = shifted_levels(recipe["stepMultipliers"], recipe.get("levelShift", 0))
    files = {}
    for role in ("analysis.onnx", "synthesis.onnx", "entropy.json"):
        data = (folder / role).read_bytes()
        files[role.split(".")[0]] = {"path": role, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    rows, columns = "height / 8", "width / 8"
    manifest = {
        "schemaVersion": 1,
        "version": recipe["version"],
        "family": "patch-autoencoder",
        "description": recipe["description"],
        "drill": recipe["drill"],
        "files": files,
        "patch": 8,
        "analysis": {
            "input": {"name": "image", "dtype": "uint8", "shape": [1, "height", "width", 3]},
            "output": {"name": "latents", "dtype": "float32", "shape": [1, recipe["latents"], rows, columns]},
        },
        "synthesis": {
            "input": {"name": "latents", "dtype": "float32", "shape": [1, recipe["latents"], rows, columns]},
            "output": {"name": "image", "dtype": "uint8", "shape": [1, "height", "width", 3]},
        },
        "latents": recipe["latents"],
        "quantiser": "uniform, to the nearest multiple of a learned step for each channel and level; contexts in integers",
        "levels": [
            {"level": i + 1, "stepMultiplier": round(float(s), 4), "expectedCameraBytes": level_bytes[i]}
            for i, s in enumerate(multipliers)
        ],
        "defaultLevel": 3,
        "training": {
            "recipe": f"training/recipe-{recipe['version']}.json",
            "seed": recipe["seed"],
            "steps": checkpoint["step"],
            "torch": torch.__version__,
            "data": f"{len(frames)} procedural frames of {WIDTH}x{HEIGHT}, world seeds 100000 to 100299",
        },
        "licence": "Apache-2.0",
        "intendedUse": recipe["intendedUse"],
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    print(recipe["version"], "bytes a frame by level", level_bytes, "files", sum(f["bytes"] for f in files.values()))


if __name__ == "__main__":
    main()
