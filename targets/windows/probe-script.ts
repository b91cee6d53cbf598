// `probe.ps1` around its data: flows tried from the host that the rules are on, after `apply.ps1`, and what
// a person has to look at besides. Constant, in plain ASCII, as `apply.ps1` is.
export const probeHead = `#requires -Version 5.1
<#
.SYNOPSIS
Tries the flows of this host that segc knows of: what is allowed shall get through, the rest shall not.
.DESCRIPTION
Opens TCP connections and closes them, without a byte of data. An answer from the other side, be it a
refusal, shows that the firewall let the packet out; silence shows that somebody on the way did not.
.PARAMETER TimeoutSeconds
How long an answer may take.
#>
[CmdletBinding()]
param(
  [ValidateRange(1, 120)]
  [int] $TimeoutSeconds = 5
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

`;

export const probeTail = String.raw`
# Connections tried at the same time.
$SegcWidth = 32

$SegcChecks = @(
  'A second .\apply.ps1 says that nothing differs, and changes nothing.'
  '.\apply.ps1 -WhatIf says what it would do, and changes nothing: neither rules nor C:\ProgramData\segc.'
  'A rule of segc removed by hand (Remove-NetFirewallRule -PolicyStore localhost) comes back with .\apply.ps1.'
  'A rule of segc edited by hand in the local group policy counts as changed, and is as before after .\apply.ps1.'
  'A rule that another administrator adds with wf.msc, for a flow that is not allowed, lets nothing through.'
  'After .\apply.ps1 -RevertAfterMinutes 1 without -Keep, all is as before two minutes later, and the task is gone.'
  'The same on a host of a domain while none of its domain controllers can be reached.'
  'After .\apply.ps1 and .\apply.ps1 -Keep, the task is gone and the rules stay.'
  '.\apply.ps1 -Rollback brings back the rules and the profiles of before, those not configured included.'
  'With the clock past the last day of a rule, .\apply.ps1 takes that rule away.'
  'A user who is no administrator can write to no file of C:\ProgramData\segc.'
)

# Quotes stand in the data as a tilde and four digits.
function ConvertFrom-SegcText {
  param([string] $Text)
  return [regex]::Replace($Text, '~([0-9a-f]{4})', {
    param($Found)
    [string] [char] [System.Convert]::ToInt32($Found.Groups[1].Value, 16)
  })
}

# Answered: it got through, if only to be refused by the other side. Silent: it did not. Else why it
# shows nothing.
function Get-SegcOutcome {
  param([System.Threading.Tasks.Task] $Attempt)
  if (-not $Attempt.IsCompleted) { return 'Silent' }
  if (-not $Attempt.IsFaulted) { return 'Answered' }
  $cause = $Attempt.Exception.GetBaseException()
  if ($cause -isnot [System.Net.Sockets.SocketException]) { return $cause.Message }
  switch ([string] $cause.SocketErrorCode) {
    'ConnectionRefused' { return 'Answered' }
    'ConnectionReset' { return 'Answered' }
    'TimedOut' { return 'Silent' }
    'AccessDenied' { return 'Silent' }
    default { return $cause.Message }
  }
}

function Start-SegcProbe {
  param([hashtable] $Probe)
  $address = [System.Net.IPAddress]::Parse($Probe['Address'])
  $client = New-Object -TypeName System.Net.Sockets.TcpClient -ArgumentList $address.AddressFamily
  try {
    $attempt = $client.ConnectAsync($address, [int] $Probe['Port'])
  } catch {
    # What Windows refuses at once is not always left to the task.
    $attempt = [System.Threading.Tasks.Task]::FromException($_.Exception.GetBaseException())
  }
  return @{ Probe = $Probe; Client = $client; Attempt = $attempt }
}

# Returns how many failed.
function Complete-SegcProbes {
  param([hashtable[]] $Started, [int] $Seconds)
  $failed = 0
  $clock = [System.Diagnostics.Stopwatch]::StartNew()
  foreach ($run in $Started) {
    while (-not $run.Attempt.IsCompleted -and $clock.Elapsed.TotalSeconds -lt $Seconds) { Start-Sleep -Milliseconds 50 }
    $outcome = Get-SegcOutcome $run.Attempt
    $wanted = 'Answered'
    if ($run.Probe['Expect'] -eq 'Refused') { $wanted = 'Silent' }
    $word = 'pass'
    if ($outcome -ne $wanted) { $word = 'FAIL'; $failed++ }
    $flow = '{0} TCP {1}' -f $run.Probe['Address'], $run.Probe['Port']
    $text = ConvertFrom-SegcText $run.Probe['Text']
    Write-Host ('{0}  {1}: {2}, expected {3} ({4})' -f $word, $flow, $outcome, $wanted, $text)
    $run.Client.Dispose()
  }
  return $failed
}

$SegcTried = @($SegcProbes | Where-Object { $_['Protocol'] -eq 'TCP' -and $_['Direction'] -eq 'Outbound' })
$SegcByHand = @($SegcProbes | Where-Object { $_['Protocol'] -ne 'TCP' -or $_['Direction'] -ne 'Outbound' })
$SegcFailed = 0
for ($first = 0; $first -lt $SegcTried.Count; $first += $SegcWidth) {
  $last = [System.Math]::Min($first + $SegcWidth, $SegcTried.Count) - 1
  $started = @($SegcTried[$first..$last] | ForEach-Object { Start-SegcProbe $_ })
  $SegcFailed += Complete-SegcProbes $started $TimeoutSeconds
}
foreach ($probe in $SegcByHand) {
  $flow = '{0} {1} {2} {3}' -f $probe['Direction'], $probe['Protocol'], $probe['Address'], $probe['Port']
  $text = ConvertFrom-SegcText $probe['Text']
  Write-Host ('manual  {0}: expected {1} ({2})' -f $flow, $probe['Expect'], $text)
}
Write-Host ('{0} tried, {1} failed, {2} to be tried by hand' -f $SegcTried.Count, $SegcFailed, $SegcByHand.Count)
Write-Host 'To be looked at once on a host of each kind:'
foreach ($check in $SegcChecks) { Write-Host ('  [ ] {0}' -f $check) }
if ($SegcFailed -gt 0) { exit 1 }
exit 0
`;
