"""The public site (公开门户): thin views over what engine.records shows to the public. No page needs JavaScript."""
