"""What views share: base form, errors, headers, languages, formats, navigation, pages. No service imports it."""
