"""What the helpers of the sound architecture answer, as a kernel would record it."""
