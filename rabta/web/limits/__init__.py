"""The pages of time: the limits of a case, what was passed up to me, the review, calls to make, interim replies."""
