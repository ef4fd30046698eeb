"""What a release says: glossary, lexicon, sentences, signals, parties, topics, stage; pure functions."""
