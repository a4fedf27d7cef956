"""What the sound of a call shows without understanding a word: length, waveform, silence."""
