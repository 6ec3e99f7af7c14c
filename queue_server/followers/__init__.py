"""What is derived from the journal and can be made anew from it. Each follower is a pure fold from entry to rows."""
