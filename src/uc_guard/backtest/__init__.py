"""Backtests: what plans from the past would have denied later."""

from uc_guard.backtest.run import Backtest, backtest

__all__ = ["Backtest", "backtest"]
