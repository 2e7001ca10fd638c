"""Counts the floating-point operations, and the operators launched, of whatever runs inside a context."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from torch._ops import OpOverload
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry


class OperationCounter(TorchDispatchMode):
    """Adds up the floating-point operations of all kernels inside the context, by torch's own formulas.

    `launches` counts the operators that compute something: views of a tensor launch no kernel, all others one or more.
    `torch.utils.flop_counter.FlopCounterMode` itself cannot follow the double backward pass of a gradient penalty.
    """

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        self.operations: int = 0
        self.launches: int = 0

    def __torch_dispatch__(
        self,
        func: OpOverload[..., object],
        types: Sequence[type],
        args: Sequence[object] = (),
        kwargs: Mapping[str, object] | None = None,
    ) -> object:
        """Run one kernel and add what it costs; kernels without a formula (elementwise, norms) count as 0."""
        result = func(*args, **(kwargs or {}))
        self.launches += not func.is_view
        formula = flop_registry.get(func.overloadpacket)
        if formula is not None:
            self.operations += formula(*args, **(kwargs or {}), out_val=result)
        return result
