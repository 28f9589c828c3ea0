"""Pictures of overlapping textured shapes ("dead leaves"; Lee, Mumford, Huang 2001), beside the product's halls.

Their edges, scales and colours are closer to photographs than any hall is.
"""

import numpy as np


def texture(random, height, width):
    """Noise with a spectrum of 1 / f^a, standard deviation 1."""
    slope = 0.6 + 1.2 * random.random()
    fy, fx = np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None]
    radius = np.sqrt(fx * fx + fy * fy)
    radius[0, 0] = 1
    spectrum = (random.normal(size=radius.shape) + 1j * random.normal(size=radius.shape)) / radius**slope
    spectrum[0, 0] = 0
    plane = np.fft.irfft2(spectrum, (height, width))
    return plane / plane.std()


def leaves(random, height, width):
    """One picture, (height, width, 3) bytes."""
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    picture = np.zeros((height, width, 3))
    planes = [texture(random, height, width) for _ in range(4)]
    for index in range(int(random.integers(30, 160))):
        radius = 4 / max(0.04, random.random()) if index > 0 else 4 * width
        aspect = 0.3 + 0.7 * random.random()
        angle = np.pi * random.random()
        dy, dx = rows - height * random.random(), columns - width * random.random()
        u, v = np.cos(angle) * dx + np.sin(angle) * dy, (np.cos(angle) * dy - np.sin(angle) * dx) / aspect
        inside = (np.abs(u) < radius) & (np.abs(v) < radius) if random.random() < 0.5 else u * u + v * v < radius * radius
        colour = 20 + 215 * random.random() + 45 * random.normal(size=3)
        slope = 60 * random.normal() * u / max(radius, 1) * random.random()
        value = colour + (slope + 25 * random.random() ** 2 * planes[int(random.integers(4))])[..., None]
        picture[inside] = value[inside]
    soft = (picture + np.roll(picture, 1, 0) + np.roll(picture, 1, 1) + np.roll(picture, (1, 1), (0, 1))) / 4
    noisy = soft + (0.5 + 4 * random.random() ** 2) * random.normal(size=soft.shape)
    return np.clip(np.rint(noisy), 0, 255).astype(np.uint8)
