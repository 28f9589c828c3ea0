"""Counts the probabilities of a version's entropy coder from what the product's own coder recorded."""

import json
import pathlib

import numpy as np
import torch

KINDS = ("key", "predicted")
CLASSES, CLASS_CONTEXTS, SIGN_CONTEXTS = 12, 5, 3
PREDICTION_BITS, WEIGHT_BITS = 6, 6
MAGNITUDE_LIMIT, UNARY_LIMIT = 255, 14
QUANTILES = (0.25, 0.42, 0.56, 0.68, 0.77, 0.84, 0.9, 0.94, 0.97, 0.985, 0.995)
ROWS, COLUMNS = 30, 40


def draft_kind(steps):
    """A kind of frame whose every table begins at even odds and whose every latent is expected to be 0."""
    latents = steps.shape[1]
    count = latents * (CLASSES * CLASS_CONTEXTS + SIGN_CONTEXTS)
    level = {"thresholds": [0x7FFFFFFF] * (latents * (CLASSES - 1)), "start": [32768] * count}
    return {
        "prediction": [0] * (3 * latents),
        "weights": [0] * (5 * latents),
        "levels": [{"level": i + 1, "steps": [float(s) for s in row], **level} for i, row in enumerate(steps)],
    }


def read_recording(path, latents):
    """frames: {(kind, level): (symbols, before) of (frames, latents, rows, columns)}; motion rows; starts."""
    folder = pathlib.Path(path)
    index = json.loads((folder / "index.json").read_text())
    data = np.fromfile(folder / "symbols.bin", np.int16).reshape(-1, 2, latents, ROWS, COLUMNS)
    frames = {}
    for kind in KINDS:
        for level in range(index["levels"]):
            rows = [i for i, each in enumerate(index["frames"]) if each == [kind, level]]
            frames[kind, level] = (data[rows, 0].astype(np.int32), data[rows, 1].astype(np.int32))
    return {"frames": frames, "motion": np.array(index["motion"], np.float64),
            "loudness": np.array(index["loudness"], np.float64), "starts": index["starts"]}


def shift(q, down, right):
    """q (frames, latents, rows, columns) as seen from below and from the right; zero outside."""
    result = np.zeros_like(q)
    rows, columns = q.shape[-2:]
    left, end = max(right, 0), columns + min(right, 0)
    result[..., down:, left:end] = q[..., : rows - down, max(-right, 0) : columns - max(right, 0)]
    return result


def features(q, before):
    """Neighbours (left, up, up left) and the five magnitudes of a score, each (..., frames, latents, rows, columns)."""
    left, up, up_left = shift(q, 0, 1), shift(q, 1, 0), shift(q, 1, 1)
    m = np.minimum(np.abs(q), MAGNITUDE_LIMIT)
    ml, mu, mul, mur = shift(m, 0, 1), shift(m, 1, 0), shift(m, 1, 1), shift(m, 1, -1)
    around = np.broadcast_to((ml + mu).sum(1, keepdims=True), q.shape)
    total = np.broadcast_to(before.sum(1, keepdims=True), q.shape)
    return (left, up, up_left), (2 * ml + 2 * mu + mul + mur, around, np.cumsum(m, 1) - m, before, total)


def learn_contexts(levels, latents, steps=400):
    """Weights of neighbours and of magnitudes, a Laplace distribution's mean and scale, by gradient descent."""
    torch.manual_seed(7)
    samples = []
    for q, before in levels:
        chosen = np.linspace(0, len(q) - 1, min(len(q), 16)).astype(int)
        near, far = features(q[chosen], before[chosen])
        samples.append([torch.from_numpy(np.stack([q[chosen], *near, *far]).astype(np.float32))])
    data = torch.cat([each for row in samples for each in row], 1)
    level_of = torch.cat([torch.full((row[0].shape[1],), i) for i, row in enumerate(samples)])
    divide = torch.tensor([6.0, 16.0, 8.0, 2.0, 16.0])[:, None, None, None, None]
    predict = torch.zeros(3, latents, requires_grad=True)
    weigh = torch.full((5, latents), -2.0, requires_grad=True)
    scale = torch.zeros(len(levels), latents, requires_grad=True)
    optimiser = torch.optim.Adam([predict, weigh, scale], lr=0.05)
    generator = torch.Generator().manual_seed(7)
    for step in range(steps):
        optimiser.param_groups[0]["lr"] = 0.05 * (1 - step / steps) + 0.001
        rows = torch.randint(0, ROWS - 5, (1,), generator=generator).item()
        part = data[..., rows : rows + 6, :]
        q, near, far = part[0], part[1:4], part[4:] / divide
        mean = (predict[:, None, :, None, None] * near).sum(0)
        weights = torch.nn.functional.softplus(weigh)[:, None, :, None, None]
        width = torch.nn.functional.softplus(scale[level_of])[:, :, None, None] + 0.03 + (weights * far).sum(0)
        x = (q - mean).abs()
        outside = 0.5 * torch.exp(-(x - 0.5).clamp(min=0) / width)
        inside = 1 - 0.5 * torch.exp(-(0.5 - x).clamp(min=0) / width)
        share = torch.where(x > 0.5, outside, inside) - 0.5 * torch.exp(-(x + 0.5) / width)
        loss = -torch.log2(share.clamp(min=1e-6)).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    weights = torch.nn.functional.softplus(weigh).detach() / divide[:, :, 0, 0, 0].reshape(5, 1)
    prediction = np.round(predict.detach().numpy().T * (1 << PREDICTION_BITS)).astype(np.int64)
    return prediction, np.minimum(4096, np.round(weights.numpy().T * (1 << (WEIGHT_BITS + 4)))).astype(np.int64)


def share_of_zero(bits, weight=8, prior=0.5):
    """The probability of 0 among bits, in 1/65536, drawn to a prior where they are few."""
    share = (np.count_nonzero(bits == 0) + weight * prior) / (len(bits) + weight)
    return int(np.clip(round(share * 65536), 200, 65336))


def fit_level(q, before, prediction, weights, plain):
    """Thresholds and starting probabilities of one level, exactly of the contexts that the product's coder forms."""
    near, far = features(q, before)
    latents = q.shape[1]
    half = 1 << (PREDICTION_BITS - 1)
    at = (None, slice(None), None, None)
    fine = sum(prediction[:, i][at] * near[i] for i in range(3)) + half
    expected = fine >> PREDICTION_BITS
    offset = (fine & ((1 << PREDICTION_BITS) - 1)) - half
    score = sum(weights[:, i][at] * far[i] for i in range(5))
    residual = q - expected
    quarter = 1 << (PREDICTION_BITS - 2)
    thresholds, starts, signs, bits = [], [], [], 0.0
    for channel in range(latents):
        s, r, o = score[:, channel].ravel(), residual[:, channel].ravel(), offset[:, channel].ravel()
        bounds = [] if plain else sorted({int(v) + 1 for v in np.quantile(s, QUANTILES)})
        classes = np.searchsorted(bounds, s, side="right")
        bounds = bounds + [0x7FFFFFFF] * (CLASSES - 1 - len(bounds))
        thresholds += bounds
        far_off = np.abs(o) > quarter
        size = np.abs(r)
        whole = max(1e-3, np.count_nonzero(r == 0) / len(r))
        for k in range(CLASSES):
            inside = classes == k
            row = [share_of_zero(r[inside & (far_off == half_way)] != 0, 8, whole) for half_way in (False, True)]
            row.append(share_of_zero(size[inside & (size >= 1)] > 1, 8, 0.7))
            row.append(share_of_zero(size[inside & (size >= 2)] > 2, 8, 0.6))
            longer = [size[inside & (size >= n)] > n for n in range(3, UNARY_LIMIT)]
            row.append(share_of_zero(np.concatenate(longer), 8, 0.5))
            starts += row
        side = np.where(o < -(quarter >> 1), 0, np.where(o > quarter >> 1, 2, 1))
        signs += [share_of_zero(r[(side == k) & (r != 0)] < 0, 16) for k in range(SIGN_CONTEXTS)]
        for k in range(CLASSES):
            for half_way in (0, 1):
                p = starts[-CLASSES * CLASS_CONTEXTS + k * CLASS_CONTEXTS + half_way] / 65536
                hit = r[(classes == k) & (far_off == half_way)]
                zeros = np.count_nonzero(hit == 0)
                bits += -zeros * np.log2(p) - (len(hit) - zeros) * (np.log2(1 - p) - 2.3)
    return thresholds, starts + signs, bits / 8 / len(q)


def fit_kind(frames, kind, steps, plain):
    """All levels of a kind of frame, and about how many bytes a picture takes at each."""
    levels = [frames[kind, level] for level in range(len(steps))]
    latents = steps.shape[1]
    if plain:
        prediction, weights = np.zeros((latents, 3), np.int64), np.zeros((latents, 5), np.int64)
    else:
        prediction, weights = learn_contexts(levels, latents)
    rows, sizes = [], []
    for index, (q, before) in enumerate(levels):
        thresholds, start, size = fit_level(q, before, prediction, weights, plain)
        rows.append({"level": index + 1, "steps": [float(s) for s in steps[index]], "thresholds": thresholds, "start": start})
        sizes.append(max(1, round(size)))
    return {"prediction": prediction.ravel().tolist(), "weights": weights.ravel().tolist(), "levels": rows}, sizes


def motion_model(rows):
    """What turning, advancing and depth do to vectors, and speed to loudness, by least squares.

    Rows: width, x, y from the middle (pixels), dx, dy, turn (mrad/s), ahead (mm/s), interval (ms), depth (mm).
    """
    width, x, y, dx, dy, turn, ahead, interval, depth = rows.T
    turned, advanced = turn * interval / 1000, ahead * interval / 1000 / depth
    a = np.stack([turned * width, turned * x * x / width, advanced * x], 1)
    b = np.stack([0 * x, turned * x * y / width, advanced * y], 1)
    left, right = np.concatenate([a, b]), np.concatenate([dx, dy])
    keep = np.ones(len(left), bool)
    for _ in range(6):
        solution = np.linalg.lstsq(left[keep], right[keep], rcond=None)[0]
        error = np.abs(left @ solution - right)
        keep = error < max(2.0, 2.5 * np.median(error[keep]))
    return {"yawShift": int(round(solution[0] * 2**30)), "yawBend": int(round(solution[1] * 2**30)), "spread": int(round(solution[2] * 2**16))}


def loudness_model(rows):
    """rms = rest + slope * min(limit, speed), by least squares over a few limits; rows of speed (mm/s) and rms."""
    speed, rms = rows.T
    best = None
    for limit in (500, 1000, 1500, 2500):
        a = np.stack([np.ones_like(speed), np.minimum(limit, speed)], 1)
        solution, *_ = np.linalg.lstsq(a, rms, rcond=None)
        error = ((a @ solution - rms) ** 2).sum()
        if best is None or error < best[0]:
            best = (error, solution, limit)
    rest, slope = best[1] / best[1][0]
    return [65536, max(0, int(round(slope * 65536))), best[2]]
