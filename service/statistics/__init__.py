"""The figures both institutions sit over: indicators, monthly pack, annual report."""
