"""Who was told what, and when: hits, readers, mails."""
