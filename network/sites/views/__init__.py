"""The sites as everyone reads them, how their officers look after them, the questions visitors ask, and what machines read."""
