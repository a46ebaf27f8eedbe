# What is wrong with a field. Each is a whole sentence that stands beside its field.
rule-required = This must not be empty.
rule-too-short = Please write at least { $min ->
    [one] one character
   *[other] { $min } characters
}.
rule-too-long = Please keep to { $max } characters; there are { $given } now.
rule-not-an-address = This is not an e-mail address, such as ada@example.com.
rule-not-a-number = This is not a number, such as 110 or 99.5.
rule-out-of-range = Please give a whole number from { $min } to { $max }.
rule-not-a-date = This is not a date, such as 2026-12-04.
rule-not-a-choice = Please take one of the choices offered.
rule-not-a-day = This is not a date, such as 2026-12-04.
rule-not-an-executive = This needs an executive of the team as its owner.
rule-in-the-past = This must lie in the future.
rule-duplicate = This is there already.
rule-control-character = This contains a character that cannot be shown. Please type it again.
rule-incomplete = The other half is missing. Please fill in both.
rule-known-and-unknown = This is both answered and marked as not known. Please keep one of them.
rule-too-many = Please keep to { $max ->
    [one] one entry
   *[other] { $max } entries
}.
rule-different = This differs from the first one.
rule-nobody = There is nobody to ask yet.
rule-ambiguous-number = This can be read in two ways. Write 1500 for fifteen hundred, 1.50 for one and a half.
rule-too-far = This may lie at most { $days } days ahead.
rule-skipped-hour = This hour does not exist on that day: the clocks skip it.
