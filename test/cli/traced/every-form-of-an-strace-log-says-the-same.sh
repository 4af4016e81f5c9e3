#!/bin/bash
set -euo pipefail
echo hello >data
mkdir folder
cat >run.sh <<'E2'
#!/bin/bash
cd folder
cat ../data
(cd .. && exec cat data)
echo made >made
cat made no-such-file || true
rm made
E2
chmod +x run.sh
for form in -f -ff "-f -y" "-ff -y" "-f -t" "-f -ttt -y"; do
  rm -rf log
  mkdir log
  # shellcheck disable=SC2086 # words
  strace $form -o log/x ./run.sh >/dev/null 2>&1 || { strace true 2>/dev/null || { echo "ptrace is refused here"; exit 77; }; exit 1; }
  traces=()
  for file in log/*; do
    traces+=(--trace "$file")
  done
  if [ "$form" = -ff ]; then # its files do not say whose child a process is: cd is lost for what was started after it
    continue
  fi
  "$PARE" tree --format paths --hints none ./run.sh "${traces[@]}" >"paths.${form// /}" 2>said
  [ ! -s said ]
done
for file in paths.*; do
  cmp "$file" paths.-f
done
grep -qx "$PWD/data" paths.-f
grep -qx "$PWD/folder" paths.-f
grep -q '/cat$' paths.-f
! grep -q 'folder/made' paths.-f
"$PARE" tree --format paths --hints none ./run.sh >without
! grep -qx "$PWD/data" without
