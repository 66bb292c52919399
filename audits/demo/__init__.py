"""Demo data: invented people and one invented city's enterprises, walked through the services like anybody else."""
