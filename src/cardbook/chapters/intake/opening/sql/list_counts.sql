-- How many cards stand on each list of the opening balance.
SELECT count(*) FILTER (WHERE list = 'differences') AS differences,
       count(*) FILTER (WHERE list = 'two-cards') AS two_cards,
       count(*) FILTER (WHERE list = 'two-people') AS two_people,
       count(*) FILTER (WHERE list = 'dead') AS dead,
       count(*) FILTER (WHERE list = 'missing') AS missing
FROM ({listed}) AS listed
