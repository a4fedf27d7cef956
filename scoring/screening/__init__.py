"""A machine's proposal for conversations nobody inspected: features, a learned score, its figures, its audit, themes.

words, vocabulary      what was said, as terms that no single person can be recognised by
transcripts, measures  a conversation as it is read, and the figures beside its words; sound adds those of a recording
features               both as rows of numbers
targets, folds         what can be predicted, and which tenth a conversation belongs to
ridge, learn           one regression; ten of them, each without a tenth of the scored conversations
model, files           all that is kept of a training, and its file
figures, audit         how well it predicts what it has not seen, and whether it errs about a group of people
themes                 what remarks on lost points have in common

A machine score never stands for a person's: `scoring.estimates.assisted` says how much of it may enter an estimate.
"""
