"""What goes out: the week's letters, mails, webhooks and the calendar feed."""
