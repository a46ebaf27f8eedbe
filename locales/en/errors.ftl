error-skip = Skip to the content

error-not-found-title = This page is not here
error-not-found-what = It does not exist, or it is no longer available. If you had a private link, ask the person who sent it.

error-signed-out-title = Please sign in
error-signed-out-what = You have been signed out. Sign in and try again.

error-cross-site-title = This came from another site
error-cross-site-what = For your safety, only our own pages can send this. Go back, load the page again and press its button.

error-too-many-title = Too many attempts
error-too-many-what = Wait a minute, then try again.

error-invalid-title = Something needs to be corrected
error-invalid-what = Go back and correct it.

error-unreadable-title = This could not be read
error-unreadable-what = What was sent is too large or damaged. Nothing was changed. Go back and try again with less.

error-refused-title = This is not possible now
error-refused-what = Go back to see how things stand.

error-stale-title = Somebody else was first
error-stale-what = This was changed in another window or by somebody else, so nothing was changed now. Go back, load the page again and look at what is there.

error-disk-full-title = Nothing can be saved just now
error-disk-full-what = The server’s disk is full, so this was not saved. Nothing saved before is lost. Go back, keep a copy of what you typed if your browser still shows it, and try again later.

error-read-only-title = Nothing can be saved just now
error-read-only-what = The server’s database can be read and not written, so this was not saved. Nothing saved before is lost. Go back, keep a copy of what you typed if your browser still shows it, and try again later.

error-locked-title = The server is busy
error-locked-what = Another program holds the database, so this was not saved. Nothing saved before is lost. Go back and try again in a minute.

error-unreachable-title = The server cannot reach its database
error-unreachable-what = Nothing was changed, and nothing saved before is lost. Go back and try again in a minute.

error-internal-title = Something went wrong on our side
error-internal-what = It has been noted under { $id }. Go back and try again; if it happens again, tell the person who asked you, with that number.
