# fish completion for oaiproxy, made by `oaiproxy completion fish`.

# The nouns and verbs so far, without options and their values.
function __oaiproxy_at
    set -l words (commandline -opc)
    set -l wanted $argv
    set -l found
    for word in $words[2..-1]
        if string match -q -- '-*' $word
            continue
        end
        if test (count $found) -lt (count $wanted)
            set found $found $word
        end
    end
    test "$found" = "$wanted"
end

# Whether a noun still waits for its verb.
function __oaiproxy_needs
    __oaiproxy_at $argv; or return 1
    set -l words (string match -v -- '-*' (commandline -opc))
    test (count $words) -eq (math (count $argv) + 1)
end

complete -c oaiproxy -f

complete -c oaiproxy -n '__oaiproxy_needs' -a serve -d 'Start the proxy and run it until it is told to stop (Ctrl-C or SIGTERM).'
complete -c oaiproxy -n '__oaiproxy_needs' -a demo -d 'Watch it work: a stand-in for OpenAI and the real server on free ports, real calls.'
complete -c oaiproxy -n '__oaiproxy_needs' -a setup -d 'Check the OpenAI key, the admin login and the database, and write them to .env.'
complete -c oaiproxy -n '__oaiproxy_needs' -a status -d 'Show the state of the server, what it uses, and the total spent.'
complete -c oaiproxy -n '__oaiproxy_needs' -a key -d 'Create, show and revoke the keys of users.'
complete -c oaiproxy -n '__oaiproxy_needs' -a user -d 'Show the people and programs that calls are charged to.'
complete -c oaiproxy -n '__oaiproxy_needs' -a quota -d 'Show and change what may be spent, by key, by user and by everyone.'
complete -c oaiproxy -n '__oaiproxy_needs' -a usage -d 'Show who used what, and what it cost.'
complete -c oaiproxy -n '__oaiproxy_needs' -a calls -d 'List calls, the newest last; in JSON the newest first.'
complete -c oaiproxy -n '__oaiproxy_needs' -a prices -d 'Show the price book that calls are charged by, and work on price books.'
complete -c oaiproxy -n '__oaiproxy_needs' -a audit -d 'Prove the books: charges = accounts = roll-ups, no hold without an owner, and every cost is its units times their rates.'
complete -c oaiproxy -n '__oaiproxy_needs' -a trail -d 'Show what administrators changed: who, what, when, from where, before and after.'
complete -c oaiproxy -n '__oaiproxy_needs' -a db -d 'Back up the database, or move it to another one.'
complete -c oaiproxy -n '__oaiproxy_needs' -a doctor -d 'Check this installation, and say how to repair what is wrong: versions, settings, folder, database, tables, other servers, prices, port.'
complete -c oaiproxy -n '__oaiproxy_needs' -a sandbox -d 'Start a stand-in for OpenAI on this machine, to try things at no cost.'
complete -c oaiproxy -n '__oaiproxy_needs' -a completion -d 'Print a script that completes command lines in your shell.'
complete -c oaiproxy -n '__oaiproxy_needs' -a help -d 'Show the help of a command.'
complete -c oaiproxy -n '__oaiproxy_needs' -a version -d 'Show the version.'
complete -c oaiproxy -n '__oaiproxy_needs' -s h -l help -d 'Show this help.'
complete -c oaiproxy -n '__oaiproxy_needs' -s V -l version -d 'Show the version.'

complete -c oaiproxy -n '__oaiproxy_at serve' -l port -x -d 'The port; 0 for any free one.'
complete -c oaiproxy -n '__oaiproxy_at serve' -l home -rF -d 'The folder of .env, the database and the spool; default: OAIPROXY_HOME.'
complete -c oaiproxy -n '__oaiproxy_at serve' -l config -rF -d 'An application.yaml of your own.'
complete -c oaiproxy -n '__oaiproxy_at serve' -s h -l help -d 'Show this help.'

complete -c oaiproxy -n '__oaiproxy_at demo' -l keep -d 'Leave it running until Ctrl-C.'
complete -c oaiproxy -n '__oaiproxy_at demo' -s h -l help -d 'Show this help.'

complete -c oaiproxy -n '__oaiproxy_at setup' -s o -l db-option -x -a 'SQLite Others' -d 'The kind of database; default: SQLite, or Others with --db-type.'
complete -c oaiproxy -n '__oaiproxy_at setup' -s t -l db-type -x -a 'postgresql mysql mssql' -d 'The type of the other database.'
complete -c oaiproxy -n '__oaiproxy_at setup' -s m -l db-module -x -d 'Its JDBC driver; may be left out.'
complete -c oaiproxy -n '__oaiproxy_at setup' -s u -l db-username -x -d 'The database\'s user.'
complete -c oaiproxy -n '__oaiproxy_at setup' -s w -l db-password -x -d 'The database\'s password; better set DB_PASSWORD.'
complete -c oaiproxy -n '__oaiproxy_at setup' -s b -l db-host -x -d 'The database server; default: localhost.'
complete -c oaiproxy -n '__oaiproxy_at setup' -s d -l db-name -x -d 'The database\'s name.'
complete -c oaiproxy -n '__oaiproxy_at setup' -s a -l openai-api-key -x -a '(oaiproxy complete keys 2>/dev/null)' -d 'Your OpenAI key; better set OPENAI_API_KEY.'
complete -c oaiproxy -n '__oaiproxy_at setup' -s n -l proxy-server-user -x -d 'The new admin user.'
complete -c oaiproxy -n '__oaiproxy_at setup' -s p -l proxy-server-pass -x -d 'The new admin password; better set PROXY_SERVER_PASS.'
complete -c oaiproxy -n '__oaiproxy_at setup' -l url -x -d 'The server; default: OAIPROXY_URL, or http://localhost:5000.'
complete -c oaiproxy -n '__oaiproxy_at setup' -l offline -d 'Do not check the OpenAI key.'
complete -c oaiproxy -n '__oaiproxy_at setup' -l generate-password -d 'Generate the admin password, and print it once.'
complete -c oaiproxy -n '__oaiproxy_at setup' -s y -l yes -d 'Do not ask on a terminal.'
complete -c oaiproxy -n '__oaiproxy_at setup' -s h -l help -d 'Show this help.'

complete -c oaiproxy -n '__oaiproxy_at status' -l url -x -d 'The server; default: OAIPROXY_URL, or http://localhost:5000.'
complete -c oaiproxy -n '__oaiproxy_at status' -s a -l admin-user -l admin -x -d 'The admin user; default: PROXY_SERVER_USER from the environment or .env.'
complete -c oaiproxy -n '__oaiproxy_at status' -s p -l admin-password -l password -x -d 'The admin password; better set PROXY_SERVER_PASS in the environment or .env.'
complete -c oaiproxy -n '__oaiproxy_at status' -l format -x -a 'table json csv' -d 'The output format; default: a table, or tabs in a pipe.'
complete -c oaiproxy -n '__oaiproxy_at status' -l wide -d 'On a terminal, show every column in full, and exact amounts.'
complete -c oaiproxy -n '__oaiproxy_at status' -s h -l help -d 'Show this help.'

complete -c oaiproxy -n '__oaiproxy_needs key' -a create -d 'Create a key. It is printed once, alone on stdout, and never shown again.'
complete -c oaiproxy -n '__oaiproxy_needs key' -a list -d 'List keys and what is left of their quotas.'
complete -c oaiproxy -n '__oaiproxy_needs key' -a show -d 'Show a key and its quota; never its secret.'
complete -c oaiproxy -n '__oaiproxy_needs key' -a revoke -d 'Revoke keys: their very next call is refused. What they spent stays on the books.'
complete -c oaiproxy -n '__oaiproxy_at key' -s h -l help -d 'Show this help.'

complete -c oaiproxy -n '__oaiproxy_at key create' -l url -x -d 'The server; default: OAIPROXY_URL, or http://localhost:5000.'
complete -c oaiproxy -n '__oaiproxy_at key create' -s a -l admin-user -l admin -x -d 'The admin user; default: PROXY_SERVER_USER from the environment or .env.'
complete -c oaiproxy -n '__oaiproxy_at key create' -s p -l admin-password -l password -x -d 'The admin password; better set PROXY_SERVER_PASS in the environment or .env.'
complete -c oaiproxy -n '__oaiproxy_at key create' -l format -x -a 'table json csv' -d 'The output format; default: a table, or tabs in a pipe.'
complete -c oaiproxy -n '__oaiproxy_at key create' -l wide -d 'On a terminal, show every column in full, and exact amounts.'
complete -c oaiproxy -n '__oaiproxy_at key create' -l period -x -a 'total day week month' -d 'When the quota starts again: never (total), or with each calendar day, week or month.'
complete -c oaiproxy -n '__oaiproxy_at key create' -l rpm -x -d 'Requests a minute.'
complete -c oaiproxy -n '__oaiproxy_at key create' -l tpm -x -d 'Tokens a minute.'
complete -c oaiproxy -n '__oaiproxy_at key create' -l parallel -x -d 'Calls at once.'
complete -c oaiproxy -n '__oaiproxy_at key create' -s u -l user -l username -x -a '(oaiproxy complete users 2>/dev/null)' -d 'Who the key is for: 1 to 64 of a-z 0-9 . _ @ + - (capitals become small). A new user is created.'
complete -c oaiproxy -n '__oaiproxy_at key create' -s q -l quota -x -d 'The most that it may spend; none for no limit; default: 20.'
complete -c oaiproxy -n '__oaiproxy_at key create' -l name -x -d 'A label, such as laptop.'
complete -c oaiproxy -n '__oaiproxy_at key create' -l expires -x -d 'The end of the key: 90d, or 2027-01-31 for the start of that day.'
complete -c oaiproxy -n '__oaiproxy_at key create' -l models -x -a '(oaiproxy complete models 2>/dev/null)' -d 'The models that it may use, such as gpt-6*; repeat, or separate by commas.'
complete -c oaiproxy -n '__oaiproxy_at key create' -s h -l help -d 'Show this help.'

complete -c oaiproxy -n '__oaiproxy_at key list' -l url -x -d 'The server; default: OAIPROXY_URL, or http://localhost:5000.'
complete -c oaiproxy -n '__oaiproxy_at key list' -s a -l admin-user -l admin -x -d 'The admin user; default: PROXY_SERVER_USER from the environment or .env.'
complete -c oaiproxy -n '__oaiproxy_at key list' -s p -l admin-password -l password -x -d 'The admin password; better set PROXY_SERVER_PASS in the environment or .env.'
complete -c oaiproxy -n '__oaiproxy_at key list' -l format -x -a 'table json csv' -d 'The output format; default: a table, or tabs in a pipe.'
complete -c oaiproxy -n '__oaiproxy_at key list' -l wide -d 'On a terminal, show every column in full, and exact amounts.'
complete -c oaiproxy -n '__oaiproxy_at key list' -l limit -x -d 'The most rows to list; default: 1000.'
complete -c oaiproxy -n '__oaiproxy_at key list' -l sort -x -a 'spent left' -d 'The highest spending first, or who has the least left.'
complete -c oaiproxy -n '__oaiproxy_at key list' -l user -x -a '(oaiproxy complete users 2>/dev/null)' -d 'The keys of one user only.'
complete -c oaiproxy -n '__oaiproxy_at key list' -l all -d 'Revoked keys too.'
complete -c oaiproxy -n '__oaiproxy_at key list' -s h -l help -d 'Show this help.'

complete -c oaiproxy -n '__oaiproxy_at key show' -a '(oaiproxy complete keys 2>/dev/null)'
complete -c oaiproxy -n '__oaiproxy_at key show' -l url -x -d 'The server; default: OAIPROXY_URL, or http://localhost:5000.'
complete -c oaiproxy -n '__oaiproxy_at key show' -s a -l admin-user -l admin -x -d 'The admin user; default: PROXY_SERVER_USER from the environment or .env.'
complete -c oaiproxy -n '__oaiproxy_at key show' -s p -l admin-password -l password -x -d 'The admin password; better set PROXY_SERVER_PASS in the environment or .env.'
complete -c oaiproxy -n '__oaiproxy_at key show' -l format -x -a 'table json csv' -d 'The output format; default: a table, or tabs in a pipe.'
complete -c oaiproxy -n '__oaiproxy_at key show' -l wide -d 'On a terminal, show every column in full, and exact amounts.'
complete -c oaiproxy -n '__oaiproxy_at key show' -s h -l help -d 'Show this help.'

complete -c oaiproxy -n '__oaiproxy_at key revoke' -a '(oaiproxy complete keys 2>/dev/null)'
complete -c oaiproxy -n '__oaiproxy_at key revoke' -l url -x -d 'The server; default: OAIPROXY_URL, or http://localhost:5000.'
complete -c oaiproxy -n '__oaiproxy_at key revoke' -s a -l admin-user -l admin -x -d 'The admin user; default: PROXY_SERVER_USER from the environment or .env.'
complete -c oaiproxy -n '__oaiproxy_at key revoke' -s p -l admin-password -l password -x -d 'The admin password; better set PROXY_SERVER_PASS in the environment or .env.'
complete -c oaiproxy -n '__oaiproxy_at key revoke' -l format -x -a 'table json csv' -d 'The output format; default: a table, or tabs in a pipe.'
complete -c oaiproxy -n '__oaiproxy_at key revoke' -l wide -d 'On a terminal, show every column in full, and exact amounts.'
complete -c oaiproxy -n '__oaiproxy_at key revoke' -s y -l yes -d 'Do not ask on a terminal.'
complete -c oaiproxy -n '__oaiproxy_at key revoke' -s h -l help -d 'Show this help.'

complete -c oaiproxy -n '__oaiproxy_needs user' -a list -d 'List users, their keys, what they spent, and what is left of their quotas.'
complete -c oaiproxy -n '__oaiproxy_at user' -s h -l help -d 'Show this help.'

complete -c oaiproxy -n '__oaiproxy_at user list' -l url -x -d 'The server; default: OAIPROXY_URL, or http://localhost:5000.'
complete -c oaiproxy -n '__oaiproxy_at user list' -s a -l admin-user -l admin -x -d 'The admin user; default: PROXY_SERVER_USER from the environment or .env.'
complete -c oaiproxy -n '__oaiproxy_at user list' -s p -l admin-password -l password -x -d 'The admin password; better set PROXY_SERVER_PASS in the environment or .env.'
complete -c oaiproxy -n '__oaiproxy_at user list' -l format -x -a 'table json csv' -d 'The output format; default: a table, or tabs in a pipe.'
complete -c oaiproxy -n '__oaiproxy_at user list' -l wide -d 'On a terminal, show every column in full, and exact amounts.'
complete -c oaiproxy -n '__oaiproxy_at user list' -l limit -x -d 'The most rows to list; default: 1000.'
complete -c oaiproxy -n '__oaiproxy_at user list' -l sort -x -a 'spent left' -d 'The highest spending first, or who has the least left.'
complete -c oaiproxy -n '__oaiproxy_at user list' -s h -l help -d 'Show this help.'

complete -c oaiproxy -n '__oaiproxy_needs quota' -a show -d 'Show a quota, or all of them.'
complete -c oaiproxy -n '__oaiproxy_needs quota' -a set -d 'Set a quota, its period or its rates. It applies from the next call on.'
complete -c oaiproxy -n '__oaiproxy_needs quota' -a add -d 'Add to a quota\'s limit, or take from it.'
complete -c oaiproxy -n '__oaiproxy_at quota' -s h -l help -d 'Show this help.'

complete -c oaiproxy -n '__oaiproxy_at quota show' -a '(oaiproxy complete scopes 2>/dev/null)'
complete -c oaiproxy -n '__oaiproxy_at quota show' -l url -x -d 'The server; default: OAIPROXY_URL, or http://localhost:5000.'
complete -c oaiproxy -n '__oaiproxy_at quota show' -s a -l admin-user -l admin -x -d 'The admin user; default: PROXY_SERVER_USER from the environment or .env.'
complete -c oaiproxy -n '__oaiproxy_at quota show' -s p -l admin-password -l password -x -d 'The admin password; better set PROXY_SERVER_PASS in the environment or .env.'
complete -c oaiproxy -n '__oaiproxy_at quota show' -l format -x -a 'table json csv' -d 'The output format; default: a table, or tabs in a pipe.'
complete -c oaiproxy -n '__oaiproxy_at quota show' -l wide -d 'On a terminal, show every column in full, and exact amounts.'
complete -c oaiproxy -n '__oaiproxy_at quota show' -l limit -x -d 'The most rows to list; default: 1000.'
complete -c oaiproxy -n '__oaiproxy_at quota show' -s h -l help -d 'Show this help.'

complete -c oaiproxy -n '__oaiproxy_at quota set' -a '(oaiproxy complete scopes 2>/dev/null)'
complete -c oaiproxy -n '__oaiproxy_at quota set' -l url -x -d 'The server; default: OAIPROXY_URL, or http://localhost:5000.'
complete -c oaiproxy -n '__oaiproxy_at quota set' -s a -l admin-user -l admin -x -d 'The admin user; default: PROXY_SERVER_USER from the environment or .env.'
complete -c oaiproxy -n '__oaiproxy_at quota set' -s p -l admin-password -l password -x -d 'The admin password; better set PROXY_SERVER_PASS in the environment or .env.'
complete -c oaiproxy -n '__oaiproxy_at quota set' -l format -x -a 'table json csv' -d 'The output format; default: a table, or tabs in a pipe.'
complete -c oaiproxy -n '__oaiproxy_at quota set' -l wide -d 'On a terminal, show every column in full, and exact amounts.'
complete -c oaiproxy -n '__oaiproxy_at quota set' -s y -l yes -d 'Do not ask on a terminal.'
complete -c oaiproxy -n '__oaiproxy_at quota set' -l period -x -a 'total day week month' -d 'When the quota starts again: never (total), or with each calendar day, week or month.'
complete -c oaiproxy -n '__oaiproxy_at quota set' -l rpm -x -d 'Requests a minute.'
complete -c oaiproxy -n '__oaiproxy_at quota set' -l tpm -x -d 'Tokens a minute.'
complete -c oaiproxy -n '__oaiproxy_at quota set' -l parallel -x -d 'Calls at once.'
complete -c oaiproxy -n '__oaiproxy_at quota set' -s h -l help -d 'Show this help.'

complete -c oaiproxy -n '__oaiproxy_at quota add' -a '(oaiproxy complete scopes 2>/dev/null)'
complete -c oaiproxy -n '__oaiproxy_at quota add' -l url -x -d 'The server; default: OAIPROXY_URL, or http://localhost:5000.'
complete -c oaiproxy -n '__oaiproxy_at quota add' -s a -l admin-user -l admin -x -d 'The admin user; default: PROXY_SERVER_USER from the environment or .env.'
complete -c oaiproxy -n '__oaiproxy_at quota add' -s p -l admin-password -l password -x -d 'The admin password; better set PROXY_SERVER_PASS in the environment or .env.'
complete -c oaiproxy -n '__oaiproxy_at quota add' -l format -x -a 'table json csv' -d 'The output format; default: a table, or tabs in a pipe.'
complete -c oaiproxy -n '__oaiproxy_at quota add' -l wide -d 'On a terminal, show every column in full, and exact amounts.'
complete -c oaiproxy -n '__oaiproxy_at quota add' -s h -l help -d 'Show this help.'

complete -c oaiproxy -n '__oaiproxy_at usage' -l url -x -d 'The server; default: OAIPROXY_URL, or http://localhost:5000.'
complete -c oaiproxy -n '__oaiproxy_at usage' -s a -l admin-user -l admin -x -d 'The admin user; default: PROXY_SERVER_USER from the environment or .env.'
complete -c oaiproxy -n '__oaiproxy_at usage' -s p -l admin-password -l password -x -d 'The admin password; better set PROXY_SERVER_PASS in the environment or .env.'
complete -c oaiproxy -n '__oaiproxy_at usage' -l format -x -a 'table json csv' -d 'The output format; default: a table, or tabs in a pipe.'
complete -c oaiproxy -n '__oaiproxy_at usage' -l wide -d 'On a terminal, show every column in full, and exact amounts.'
complete -c oaiproxy -n '__oaiproxy_at usage' -l since -x -d 'The start: 24h, 7d, 2w, today, yesterday, week, month, last-month, 2026-11 or 2026-11-01; default: 30d.'
complete -c oaiproxy -n '__oaiproxy_at usage' -l until -x -d 'The end, written like the start, and not included; default: now.'
complete -c oaiproxy -n '__oaiproxy_at usage' -l by -x -a 'user key model operation day hour' -d 'Any of user, key, model, operation, day, hour, by commas; default: user.'
complete -c oaiproxy -n '__oaiproxy_at usage' -l top -x -d 'Only the N rows with the highest cost, the highest first.'
complete -c oaiproxy -n '__oaiproxy_at usage' -l shares -d 'Also give programs each row\'s share in per cent.'
complete -c oaiproxy -n '__oaiproxy_at usage' -l total -d 'Also give programs the total, as the last row.'
complete -c oaiproxy -n '__oaiproxy_at usage' -l user -x -a '(oaiproxy complete users 2>/dev/null)' -d 'One user only.'
complete -c oaiproxy -n '__oaiproxy_at usage' -l key -x -a '(oaiproxy complete keys 2>/dev/null)' -d 'One key only.'
complete -c oaiproxy -n '__oaiproxy_at usage' -l model -x -a '(oaiproxy complete models 2>/dev/null)' -d 'One model only.'
complete -c oaiproxy -n '__oaiproxy_at usage' -l holds -d 'Also show the holds, and each hold as a multiple of the cost.'
complete -c oaiproxy -n '__oaiproxy_at usage' -s h -l help -d 'Show this help.'

complete -c oaiproxy -n '__oaiproxy_needs calls' -a show -d 'Show a call: its outcome, how its cost was computed, its request and response.'
complete -c oaiproxy -n '__oaiproxy_needs calls' -a adjust -d 'Correct the cost of a call by a new, signed row with a reason; no row is changed.'
complete -c oaiproxy -n '__oaiproxy_at calls' -l url -x -d 'The server; default: OAIPROXY_URL, or http://localhost:5000.'
complete -c oaiproxy -n '__oaiproxy_at calls' -s a -l admin-user -l admin -x -d 'The admin user; default: PROXY_SERVER_USER from the environment or .env.'
complete -c oaiproxy -n '__oaiproxy_at calls' -s p -l admin-password -l password -x -d 'The admin password; better set PROXY_SERVER_PASS in the environment or .env.'
complete -c oaiproxy -n '__oaiproxy_at calls' -l format -x -a 'table json csv' -d 'The output format; default: a table, or tabs in a pipe.'
complete -c oaiproxy -n '__oaiproxy_at calls' -l wide -d 'On a terminal, show every column in full, and exact amounts.'
complete -c oaiproxy -n '__oaiproxy_at calls' -l user -x -a '(oaiproxy complete users 2>/dev/null)' -d 'One user only.'
complete -c oaiproxy -n '__oaiproxy_at calls' -l key -x -a '(oaiproxy complete keys 2>/dev/null)' -d 'One key only.'
complete -c oaiproxy -n '__oaiproxy_at calls' -l model -x -a '(oaiproxy complete models 2>/dev/null)' -d 'One model only.'
complete -c oaiproxy -n '__oaiproxy_at calls' -l state -x -a 'held charged released estimated adjusted' -d 'One state only: held, charged, released, estimated, adjusted.'
complete -c oaiproxy -n '__oaiproxy_at calls' -l over-hold -d 'Only calls that were charged more than was held for them.'
complete -c oaiproxy -n '__oaiproxy_at calls' -l limit -x -d 'The most rows to list; default: 50.'
complete -c oaiproxy -n '__oaiproxy_at calls' -l follow -d 'Keep printing newer calls as they end.'
complete -c oaiproxy -n '__oaiproxy_at calls' -s h -l help -d 'Show this help.'

complete -c oaiproxy -n '__oaiproxy_at calls show' -l url -x -d 'The server; default: OAIPROXY_URL, or http://localhost:5000.'
complete -c oaiproxy -n '__oaiproxy_at calls show' -s a -l admin-user -l admin -x -d 'The admin user; default: PROXY_SERVER_USER from the environment or .env.'
complete -c oaiproxy -n '__oaiproxy_at calls show' -s p -l admin-password -l password -x -d 'The admin password; better set PROXY_SERVER_PASS in the environment or .env.'
complete -c oaiproxy -n '__oaiproxy_at calls show' -l format -x -a 'table json csv' -d 'The output format; default: a table, or tabs in a pipe.'
complete -c oaiproxy -n '__oaiproxy_at calls show' -l wide -d 'On a terminal, show every column in full, and exact amounts.'
complete -c oaiproxy -n '__oaiproxy_at calls show' -s h -l help -d 'Show this help.'

complete -c oaiproxy -n '__oaiproxy_at calls adjust' -l url -x -d 'The server; default: OAIPROXY_URL, or http://localhost:5000.'
complete -c oaiproxy -n '__oaiproxy_at calls adjust' -s a -l admin-user -l admin -x -d 'The admin user; default: PROXY_SERVER_USER from the environment or .env.'
complete -c oaiproxy -n '__oaiproxy_at calls adjust' -s p -l admin-password -l password -x -d 'The admin password; better set PROXY_SERVER_PASS in the environment or .env.'
complete -c oaiproxy -n '__oaiproxy_at calls adjust' -l format -x -a 'table json csv' -d 'The output format; default: a table, or tabs in a pipe.'
complete -c oaiproxy -n '__oaiproxy_at calls adjust' -l wide -d 'On a terminal, show every column in full, and exact amounts.'
complete -c oaiproxy -n '__oaiproxy_at calls adjust' -l usd -x -d 'The amount to add to its cost; negative to give back.'
complete -c oaiproxy -n '__oaiproxy_at calls adjust' -l why -x -d 'The reason, kept on the row.'
complete -c oaiproxy -n '__oaiproxy_at calls adjust' -s h -l help -d 'Show this help.'

complete -c oaiproxy -n '__oaiproxy_needs prices' -a list -d 'List the models and what they cost now, at the standard tier.'
complete -c oaiproxy -n '__oaiproxy_needs prices' -a show -d 'Show every rate of a model: by time, tier and unit, with its source.'
complete -c oaiproxy -n '__oaiproxy_needs prices' -a check -d 'Read a price book as the server would, and list what it does not price or bound.'
complete -c oaiproxy -n '__oaiproxy_needs prices' -a diff -d 'Show which models and rates differ between two price books, in per cent.'
complete -c oaiproxy -n '__oaiproxy_needs prices' -a import -d 'Turn a published price list into a price book for a person to review.'
complete -c oaiproxy -n '__oaiproxy_at prices' -s h -l help -d 'Show this help.'

complete -c oaiproxy -n '__oaiproxy_at prices list' -l url -x -d 'The server; default: OAIPROXY_URL, or http://localhost:5000.'
complete -c oaiproxy -n '__oaiproxy_at prices list' -s a -l admin-user -l admin -x -d 'The admin user; default: PROXY_SERVER_USER from the environment or .env.'
complete -c oaiproxy -n '__oaiproxy_at prices list' -s p -l admin-password -l password -x -d 'The admin password; better set PROXY_SERVER_PASS in the environment or .env.'
complete -c oaiproxy -n '__oaiproxy_at prices list' -l format -x -a 'table json csv' -d 'The output format; default: a table, or tabs in a pipe.'
complete -c oaiproxy -n '__oaiproxy_at prices list' -l wide -d 'On a terminal, show every column in full, and exact amounts.'
complete -c oaiproxy -n '__oaiproxy_at prices list' -s h -l help -d 'Show this help.'

complete -c oaiproxy -n '__oaiproxy_at prices show' -a '(oaiproxy complete models 2>/dev/null)'
complete -c oaiproxy -n '__oaiproxy_at prices show' -l url -x -d 'The server; default: OAIPROXY_URL, or http://localhost:5000.'
complete -c oaiproxy -n '__oaiproxy_at prices show' -s a -l admin-user -l admin -x -d 'The admin user; default: PROXY_SERVER_USER from the environment or .env.'
complete -c oaiproxy -n '__oaiproxy_at prices show' -s p -l admin-password -l password -x -d 'The admin password; better set PROXY_SERVER_PASS in the environment or .env.'
complete -c oaiproxy -n '__oaiproxy_at prices show' -l format -x -a 'table json csv' -d 'The output format; default: a table, or tabs in a pipe.'
complete -c oaiproxy -n '__oaiproxy_at prices show' -l wide -d 'On a terminal, show every column in full, and exact amounts.'
complete -c oaiproxy -n '__oaiproxy_at prices show' -s h -l help -d 'Show this help.'

complete -c oaiproxy -n '__oaiproxy_at prices check' -l format -x -a 'table json csv' -d 'The output format; default: a table, or tabs in a pipe.'
complete -c oaiproxy -n '__oaiproxy_at prices check' -l wide -d 'On a terminal, show every column in full, and exact amounts.'
complete -c oaiproxy -n '__oaiproxy_at prices check' -s h -l help -d 'Show this help.'

complete -c oaiproxy -n '__oaiproxy_at prices diff' -l format -x -a 'table json csv' -d 'The output format; default: a table, or tabs in a pipe.'
complete -c oaiproxy -n '__oaiproxy_at prices diff' -l wide -d 'On a terminal, show every column in full, and exact amounts.'
complete -c oaiproxy -n '__oaiproxy_at prices diff' -s h -l help -d 'Show this help.'

complete -c oaiproxy -n '__oaiproxy_at prices import' -l from -x -a 'litellm genai-prices' -d 'The source of the list.'
complete -c oaiproxy -n '__oaiproxy_at prices import' -l against -rF -d 'The book to compare with; default: the one that a server here reads.'
complete -c oaiproxy -n '__oaiproxy_at prices import' -l out -rF -d 'A new file for the proposal; default: stdout.'
complete -c oaiproxy -n '__oaiproxy_at prices import' -s h -l help -d 'Show this help.'

complete -c oaiproxy -n '__oaiproxy_at audit' -l url -x -d 'The server; default: OAIPROXY_URL, or http://localhost:5000.'
complete -c oaiproxy -n '__oaiproxy_at audit' -s a -l admin-user -l admin -x -d 'The admin user; default: PROXY_SERVER_USER from the environment or .env.'
complete -c oaiproxy -n '__oaiproxy_at audit' -s p -l admin-password -l password -x -d 'The admin password; better set PROXY_SERVER_PASS in the environment or .env.'
complete -c oaiproxy -n '__oaiproxy_at audit' -l format -x -a 'table json csv' -d 'The output format; default: a table, or tabs in a pipe.'
complete -c oaiproxy -n '__oaiproxy_at audit' -l wide -d 'On a terminal, show every column in full, and exact amounts.'
complete -c oaiproxy -n '__oaiproxy_at audit' -s h -l help -d 'Show this help.'

complete -c oaiproxy -n '__oaiproxy_at trail' -l url -x -d 'The server; default: OAIPROXY_URL, or http://localhost:5000.'
complete -c oaiproxy -n '__oaiproxy_at trail' -s a -l admin-user -l admin -x -d 'The admin user; default: PROXY_SERVER_USER from the environment or .env.'
complete -c oaiproxy -n '__oaiproxy_at trail' -s p -l admin-password -l password -x -d 'The admin password; better set PROXY_SERVER_PASS in the environment or .env.'
complete -c oaiproxy -n '__oaiproxy_at trail' -l format -x -a 'table json csv' -d 'The output format; default: a table, or tabs in a pipe.'
complete -c oaiproxy -n '__oaiproxy_at trail' -l wide -d 'On a terminal, show every column in full, and exact amounts.'
complete -c oaiproxy -n '__oaiproxy_at trail' -l limit -x -d 'The most rows to list; default: 1000.'
complete -c oaiproxy -n '__oaiproxy_at trail' -l actor -x -d 'Changes by one operator only.'
complete -c oaiproxy -n '__oaiproxy_at trail' -l action -x -d 'One kind only: key.create, or key for all that is done with keys.'
complete -c oaiproxy -n '__oaiproxy_at trail' -l subject -x -a '(oaiproxy complete scopes 2>/dev/null)' -d 'Changes of one thing only: key:ID, user:bob or everyone.'
complete -c oaiproxy -n '__oaiproxy_at trail' -l since -x -d 'The start: 24h, 7d, today, week, month, 2026-11 or 2026-11-01.'
complete -c oaiproxy -n '__oaiproxy_at trail' -l until -x -d 'The end, written like the start, and not included.'
complete -c oaiproxy -n '__oaiproxy_at trail' -s h -l help -d 'Show this help.'

complete -c oaiproxy -n '__oaiproxy_needs db' -a backup -d 'Copy the SQLite database of this installation into a new file, as of one moment, and audit the copy.'
complete -c oaiproxy -n '__oaiproxy_needs db' -a copy -d 'Copy the database of this installation into the empty database of another one, and prove that both are the same.'
complete -c oaiproxy -n '__oaiproxy_at db' -s h -l help -d 'Show this help.'

complete -c oaiproxy -n '__oaiproxy_at db backup' -s h -l help -d 'Show this help.'

complete -c oaiproxy -n '__oaiproxy_at db copy' -l to -rF -d 'The folder of the other installation, its OAIPROXY_HOME.'
complete -c oaiproxy -n '__oaiproxy_at db copy' -s h -l help -d 'Show this help.'

complete -c oaiproxy -n '__oaiproxy_at doctor' -l port -x -d 'The port; 0 for any free one.'
complete -c oaiproxy -n '__oaiproxy_at doctor' -l home -rF -d 'The folder of .env, the database and the spool; default: OAIPROXY_HOME.'
complete -c oaiproxy -n '__oaiproxy_at doctor' -l config -rF -d 'An application.yaml of your own.'
complete -c oaiproxy -n '__oaiproxy_at doctor' -l upstream -d 'Also check the key at OpenAI, by a request for its models.'
complete -c oaiproxy -n '__oaiproxy_at doctor' -l format -x -a 'table json csv' -d 'The output format; default: a table, or tabs in a pipe.'
complete -c oaiproxy -n '__oaiproxy_at doctor' -l wide -d 'On a terminal, show every column in full, and exact amounts.'
complete -c oaiproxy -n '__oaiproxy_at doctor' -s h -l help -d 'Show this help.'

complete -c oaiproxy -n '__oaiproxy_at sandbox' -l port -x -d 'The port; 0 for any free one.'
complete -c oaiproxy -n '__oaiproxy_at sandbox' -l key -x -a '(oaiproxy complete keys 2>/dev/null)' -d 'The API key that it accepts.'
complete -c oaiproxy -n '__oaiproxy_at sandbox' -s h -l help -d 'Show this help.'

complete -c oaiproxy -n '__oaiproxy_needs completion' -a 'bash zsh fish'
complete -c oaiproxy -n '__oaiproxy_at completion' -s h -l help -d 'Show this help.'

complete -c oaiproxy -n '__oaiproxy_at help' -s h -l help -d 'Show this help.'

complete -c oaiproxy -n '__oaiproxy_at version' -s h -l help -d 'Show this help.'
