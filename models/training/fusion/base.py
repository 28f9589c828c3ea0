"""What family 2 takes from family 1: blocks, rate term, MS-SSIM."""

import importlib.util
import pathlib

_path = pathlib.Path(__file__).resolve().parent.parent / "network.py"
_spec = importlib.util.spec_from_file_location("family_one", _path)
_module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_module)

PATCH = _module.PATCH
Block = _module.Block
EntropyModel = _module.EntropyModel
luma = _module.luma
ms_ssim = _module.ms_ssim

