*** Test Cases ***
Good One
    Log    ok
Login Fails With Bad Password
    Should Be Equal    abc    abd
Missing Keyword Test
    No Such Keyword    1
