"""`make bench`: our pages and sockets beside their yardsticks, in the same run, as ratios. Speed is measured here and asserted nowhere else."""
