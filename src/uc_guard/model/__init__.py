"""The words of the field: securables, privileges, grants, uses, plans; standard library only, no I/O, no clock."""
