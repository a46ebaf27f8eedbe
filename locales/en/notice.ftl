# Who sees what: read before the first question and in the letters, word for word the same.
# $size is a number, $people and the like are its words.
notice-headline-confidential = Confidential: your answers are read without your name
notice-headline-consultant = { $consultant } reads your answers with your name; the report does not give it
notice-headline-named = The report gives your answers with your name
notice-asked = { $consultant } asks { $size ->
    [1] one person
   *[other] { $people } people
} the same five questions, each separately: the members of { $organisation }, { $team }.
notice-consultant-without-names = { $consultant } reads all statements without names, shuffled anew for each question.
notice-consultant-with-names = { $consultant } reads your statements with your name.
notice-report-without-names = The report is for your team and its sponsor. It shows statements without names, and people as A, B, C in shuffled order.
notice-report-with-names = The report is for your team and its sponsor. It shows statements with names, as your team agreed.
notice-guess-all = Confidential is all it is: in a team of { $people }, colleagues, and { $consultant } too, may guess from the wording who wrote a statement.
notice-guess-colleagues = Confidential is all it is: in a team of { $people }, colleagues may guess from the wording who wrote a statement.
notice-quote = For all your answers, and for a single statement where you wish, you say whether the report may quote it word for word, only in other words, or not at all.
notice-fewest = There is no report below { $fewest } answers.
notice-fewest-blurred = There is no report below { $fewest } answers. For one person and for two it says “one or two”, for all but one or two “nearly all”.
notice-progress = { $consultant } sees whether you have started, answered or declined, never a draft. Your colleagues see none of this. The sponsor sees how many have answered, not who.
notice-access-one = Apart from { $consultant }, no other consultant has access. The answers are encrypted on the server; whoever runs it holds the key, and so could read them and find out whose they are.
notice-access-several = What { $consultant } can see, these consultants can see too: { $others }. The answers are encrypted on the server; whoever runs it holds the key, and so could read them and find out whose they are.
notice-model = Once the round has closed, a language model of { $provider } may propose which statements belong together. For this, statements of the round are sent to { $provider }: without names, functions and the name of { $organisation }, in shuffled order. What the wording itself tells goes with them. Statements that you mark “For the consultant only” are not sent. { $consultant } can change every proposal.
notice-change = You can see and change your answers until { $closes }.
notice-decline = You can decline. Declining deletes what you have written.
notice-deletion = All answers are deleted { $months ->
    [1] one month
   *[other] { $count } months
} after the round closes. Counts, themes and scores stay, so that rounds can be compared.
notice-model-deletion = What { $provider } keeps of the statements sent to it, and for how long, is between { $provider } and whoever runs the server: deleting them here does not delete them there.
