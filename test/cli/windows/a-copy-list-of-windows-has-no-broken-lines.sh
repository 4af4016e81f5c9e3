#!/bin/bash
# It fits a Dockerfile of either escape character.
. "$(dirname "$0")/workshop"
dll app/a.dll f
exe app/x.exe a.dll:f
[ "$("$PARE" copy --root . ./app/x.exe)" = 'COPY --from=build /app/a.dll /app/x.exe /app/' ]
