"""The commands of `amtsweg`, one file each; `amtsweg.cli` loads only the one that was asked for."""
