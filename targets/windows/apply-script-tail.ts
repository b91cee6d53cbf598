// The end of `apply.ps1`: what writes to the local group policy, the task that reverts, and the run itself.
// Rules are added before others go, and of those the ones that allow go first; the way back is made before
// the first change.
export const applyRun = String.raw`# Names of our rules in the local policy, which the registry may not show yet.
function Get-SegcStored {
  param([hashtable] $Wanted)
  $stored = @{}
  foreach ($rule in @(Get-NetFirewallRule -All -PolicyStore $SegcStore -ErrorAction Stop)) {
    if ($rule.Name -cmatch $SegcNames -and $rule.Group -ceq $SegcGroup) {
      $stored[$rule.Name] = [string] $rule.Action
    } elseif ($Wanted.ContainsKey($rule.Name)) {
      throw ('rule {0} of the local policy is not in the group segc: it is in the way' -f $rule.Name)
    }
  }
  return $stored
}

function Add-SegcRule {
  param([string] $Name, [hashtable] $Table)
  $parameters = @{
    Name = $Name; DisplayName = $Name; Group = $SegcGroup; PolicyStore = $SegcStore
    Enabled = 'True'; Profile = 'Any'; Confirm = $false; ErrorAction = 'Stop'
  }
  foreach ($field in $SegcFields) {
    if ($Table.ContainsKey($field)) { $parameters[$field] = $Table[$field] }
  }
  $SegcRun.Touched = $true
  $null = New-NetFirewallRule @parameters
}

# One by one and by name: without a name, that cmdlet removes every rule there is.
function Remove-SegcRules {
  param([string[]] $Names)
  foreach ($name in $Names) {
    if ($name -cnotmatch $SegcNames) { throw ('{0} is no name of a rule of segc' -f $name) }
    $SegcRun.Touched = $true
    Remove-NetFirewallRule -Name $name -PolicyStore $SegcStore -Confirm:$false -ErrorAction Stop
  }
}

# Additions first: where one fails, nothing has been taken away. What is to be replaced has a twin under
# another name meanwhile, for a rule that blocks must not be missed at any moment.
function Set-SegcRules {
  param([hashtable] $Target, [hashtable] $Kept)
  $wanted = $Target.Rules
  $stored = Get-SegcStored $wanted
  $new = @($wanted.Keys | Where-Object { -not $stored.ContainsKey($_) })
  $again = @($wanted.Keys | Where-Object { $stored.ContainsKey($_) -and -not $Kept.ContainsKey($_) })
  $gone = @($stored.Keys | Where-Object { -not $wanted.ContainsKey($_) })
  $stamp = [System.DateTime]::UtcNow.Ticks
  foreach ($name in $new) { Add-SegcRule $name $wanted[$name] }
  $twins = @($again | ForEach-Object { '{0}-{1}' -f $_, $stamp })
  foreach ($name in $again) { Add-SegcRule ('{0}-{1}' -f $name, $stamp) $wanted[$name] }
  if ($again.Count -gt 0 -and -not $Target.Exact) { Wait-SegcTwins $twins }
  # Allows go first: what a rule that blocks kept shut is not open without it, not for a moment.
  $blocking = @($again + $gone | Where-Object { $stored[$_] -eq 'Block' })
  Remove-SegcRules @($again + $gone | Where-Object { $blocking -notcontains $_ })
  Remove-SegcRules $blocking
  foreach ($name in $again) { Add-SegcRule $name $wanted[$name] }
  Remove-SegcRules $twins
  return @{
    Added = $new.Count; Changed = $again.Count; Removed = $gone.Count
    Kept = $wanted.Count - $new.Count - $again.Count
  }
}

# That they came and, at the end, went proves that what the registry says of the rules between is new.
function Wait-SegcTwins {
  param([string[]] $Names)
  Update-SegcPolicy
  for ($round = 0; $round -lt 30; $round++) {
    $policy = Read-SegcPolicy
    if (@($Names | Where-Object { -not $policy.Rules.ContainsKey($_) }).Count -eq 0) { return }
    Start-Sleep -Seconds 2
  }
  throw 'group policy was not refreshed: the rules that were added are not in force'
}

# The settings of the local policy, NotConfigured where it has none.
function Get-SegcProfiles {
  $stored = @{}
  $words = @('True', 'False', 'Allow', 'Block', 'NotConfigured')
  foreach ($entry in @(Get-NetFirewallProfile -Name $SegcProfiles -PolicyStore $SegcStore -ErrorAction Stop)) {
    $settings = @{}
    foreach ($setting in $SegcSettings.Keys) {
      $settings[$setting] = [string] $entry.$setting
      if ($words -cnotcontains $settings[$setting]) { throw ('cannot read {0} of a profile' -f $setting) }
    }
    $stored[$entry.Name] = $settings
  }
  foreach ($name in $SegcProfiles) {
    if (-not $stored.ContainsKey($name)) { throw ('cannot read the {0} profile' -f $name) }
  }
  return $stored
}

function Set-SegcProfiles {
  param([hashtable] $Profiles)
  foreach ($name in $SegcProfiles) {
    $parameters = $Profiles[$name].Clone()
    $parameters['Name'] = $name
    $parameters['PolicyStore'] = $SegcStore
    $SegcRun.Touched = $true
    Set-NetFirewallProfile @parameters -Confirm:$false -ErrorAction Stop
  }
}

# All of it, changed or not: the registry may have been edited while the local policy was not. Where it
# asks whether to log off or restart, the answer is no.
function Update-SegcPolicy {
  $program = Join-Path ([System.Environment]::SystemDirectory) 'gpupdate.exe'
  $null = 'N', 'N' | & $program '/target:computer' '/force' '/wait:300'
}

function Wait-SegcPolicy {
  param([hashtable] $Target)
  $faults = @()
  for ($round = 0; $round -lt 30; $round++) {
    $policy = Read-SegcPolicy
    $faults = @(Get-SegcFaults $Target $policy)
    if ($faults.Count -eq 0) { return $policy }
    Start-Sleep -Seconds 2
  }
  $shown = @($faults | Select-Object -First 5) -join '; '
  throw ('Windows did not take all of it ({0} faults): {1}' -f $faults.Count, $shown)
}

function Set-SegcTarget {
  param([hashtable] $Target)
  $plan = Get-SegcPlan $Target (Read-SegcPolicy)
  $counts = Set-SegcRules $Target $plan.Kept
  Set-SegcProfiles $Target.Profiles
  Update-SegcPolicy
  return $counts
}

# Group policy of a domain is not refreshed at all without a way to the domain, which may be just what got
# closed. So what it has applied is put back as it was; the local policy behind it follows later.
function Restore-SegcRegistry {
  param([hashtable] $Target, [hashtable] $Policy)
  $hive = Open-SegcHive
  try {
    $key = $hive.CreateSubKey($SegcKey + '\FirewallRules')
    foreach ($name in $Target.Rules.Keys) { $key.SetValue($name, [string] $Target.Strings[$name], 'String') }
    foreach ($name in $Policy.Rules.Keys) {
      if (-not $Target.Rules.ContainsKey($name)) { $key.DeleteValue($name, $false) }
    }
    $key.Dispose()
    foreach ($name in $SegcProfiles) {
      $key = $hive.CreateSubKey(('{0}\{1}Profile' -f $SegcKey, $name))
      foreach ($value in $SegcSettings.Values) {
        $number = $Target.Registry[$name][$value]
        if ($null -eq $number) { $key.DeleteValue($value, $false) }
        else { $key.SetValue($value, [int] $number, 'DWord') }
      }
      $key.Dispose()
    }
  } finally {
    $hive.Dispose()
  }
}

function Invoke-SegcRollback {
  $target = Get-SegcPrevious
  try {
    $counts = Set-SegcTarget $target
    $policy = Wait-SegcPolicy $target
  } catch {
    Write-Warning ('{0}; what is in force is set back directly' -f $_.Exception.Message)
    Restore-SegcRegistry $target (Read-SegcPolicy)
    $null = Wait-SegcPolicy $target
    $counts = Set-SegcTarget $target
    $policy = Read-SegcPolicy
  }
  Save-SegcState $target $policy
  Write-SegcCounts $counts
}

function Write-SegcCounts {
  param([hashtable] $Counts)
  $parts = @($Counts.Added, $Counts.Removed, $Counts.Changed, $Counts.Kept)
  Write-SegcLine ('{0} rules added, {1} removed, {2} changed, {3} kept' -f $parts)
}

function Test-SegcRevert {
  return $null -ne (Get-ScheduledTask -TaskName $SegcTask -TaskPath '\' -ErrorAction SilentlyContinue)
}

function Stop-SegcRevert {
  Unregister-ScheduledTask -TaskName $SegcTask -TaskPath '\' -Confirm:$false -ErrorAction Stop
}

# Tried again every ten minutes for a day: a rollback that succeeds takes the task away.
function Register-SegcRevert {
  param([int] $Minutes)
  $program = Join-Path ([System.Environment]::SystemDirectory) 'WindowsPowerShell\v1.0\powershell.exe'
  $file = Join-Path $SegcFolder 'revert.ps1'
  $call = '-NoProfile -NonInteractive -ExecutionPolicy Bypass -Command "& ''{0}'' -Rollback -Confirm:$false"' -f $file
  $start = [System.DateTime]::Now.AddMinutes($Minutes)
  $again = @{ RepetitionInterval = New-TimeSpan -Minutes 10; RepetitionDuration = New-TimeSpan -Days 1 }
  $limits = @{ AllowStartIfOnBatteries = $true; DontStopIfGoingOnBatteries = $true; StartWhenAvailable = $true }
  $user = @{ UserId = 'S-1-5-18'; LogonType = 'ServiceAccount'; RunLevel = 'Highest' }
  $task = @{
    TaskName = $SegcTask
    TaskPath = '\'
    Action = New-ScheduledTaskAction -Execute $program -Argument $call -ErrorAction Stop
    Trigger = New-ScheduledTaskTrigger -Once -At $start @again -ErrorAction Stop
    Settings = New-ScheduledTaskSettingsSet @limits -ErrorAction Stop
    Principal = New-ScheduledTaskPrincipal @user -ErrorAction Stop
  }
  $null = Register-ScheduledTask @task -Force -ErrorAction Stop
}

# While none of several applies was kept, the way back leads to before the first of them.
function Save-SegcWayBack {
  param([int] $Minutes, [hashtable] $Policy, [hashtable] $Stored, [int] $Changes)
  if (-not $SegcText.Contains('# segc data begin')) { throw 'this script cannot read itself: run it as a file' }
  $hasPrevious = Test-Path -LiteralPath (Join-Path $SegcFolder 'previous.json')
  if (-not ((Test-SegcRevert) -and $hasPrevious)) { Save-SegcPrevious $Policy $Stored }
  if ($Minutes -gt 0) {
    Write-SegcText 'revert.ps1' $SegcText
    # Not before the changes are made, however slow that is: then it is set again.
    Register-SegcRevert ($Minutes + 7 + [int] ($Changes / 10))
  }
}

function Invoke-SegcApply {
  param([int] $Minutes)
  $target = Get-SegcTarget
  $policy = Read-SegcPolicy
  $plan = Get-SegcPlan $target $policy
  $stored = Get-SegcProfiles
  $wasPending = Test-SegcRevert
  Set-SegcBefore $target $stored
  Save-SegcWayBack $Minutes $policy $stored ($plan.Added + $plan.Removed + 3 * $plan.Changed)
  try {
    $counts = Set-SegcTarget $target
    $policy = Wait-SegcPolicy $target
    Save-SegcState $target $policy
  } catch {
    $problem = $_
    Write-Warning ('the apply failed: {0}' -f $problem.Exception.Message)
    if ($SegcRun.Touched) {
      Write-SegcLine 'going back to what was there before'
      Invoke-SegcRollback
    }
    if (($SegcRun.Touched -or -not $wasPending) -and (Test-SegcRevert)) { Stop-SegcRevert }
    throw $problem
  }
  Write-SegcCounts $counts
  if ($Minutes -gt 0) {
    Register-SegcRevert $Minutes
    $end = [System.DateTime]::Now.AddMinutes($Minutes)
    Write-SegcLine ('all of this is undone in {0} minutes, at {1:HH:mm}, unless it is kept' -f $Minutes, $end)
  }
}

function Write-SegcNotes {
  param([hashtable] $Target, [hashtable] $Policy)
  if (Test-SegcRevert) {
    Write-SegcLine 'NOT YET KEPT: a scheduled task will go back to what was there before, unless you run'
    Write-SegcLine ('  {0} -Keep' -f $PSCommandPath)
  }
  if ($Target.Expired -gt 0) { Write-SegcLine ('{0} rules are past their last day and left out' -f $Target.Expired) }
  if ($Policy.Others -gt 0) {
    Write-SegcLine ('group policy has {0} rules of others: they hold as well' -f $Policy.Others)
  }
}

if (Test-Path -LiteralPath $SegcFolder) { Assert-SegcFolder }

if ($Keep) {
  if (-not (Test-SegcRevert)) {
    Write-SegcLine 'nothing waits to be kept'
  } elseif ($PSCmdlet.ShouldProcess($env:COMPUTERNAME, 'keep what was applied')) {
    $lock = Enter-SegcLock 0
    try { Stop-SegcRevert } finally { $lock.Dispose() }
    Write-SegcLine 'kept: nothing will be reverted'
  }
  return
}

if ($Rollback) {
  $null = Get-SegcPrevious
  if (-not $PSCmdlet.ShouldProcess($env:COMPUTERNAME, 'go back to what was there before the last apply')) { return }
  $ConfirmPreference = 'None'
  $lock = Enter-SegcLock 3600
  try {
    Invoke-SegcRollback
    if (Test-SegcRevert) { Stop-SegcRevert }
  } finally {
    $lock.Dispose()
  }
  Write-SegcLine 'this is as it was before the last apply'
  return
}

$SegcWanted = Get-SegcTarget
$SegcFound = Read-SegcPolicy
$SegcPlan = Get-SegcPlan $SegcWanted $SegcFound
$SegcOff = @(Get-SegcProfileFaults $SegcWanted $SegcFound).Count + $SegcWanted.HandedBack
if ($SegcPlan.Added + $SegcPlan.Removed + $SegcPlan.Changed + $SegcOff -eq 0) {
  Write-SegcLine ('nothing differs: {0} rules are in force' -f $SegcPlan.Kept.Count)
  Write-SegcNotes $SegcWanted $SegcFound
  return
}
$SegcQuestion = 'add {0} rules, remove {1}, change {2}, keep {3}, and set {4} settings of profiles' -f @(
  $SegcPlan.Added, $SegcPlan.Removed, $SegcPlan.Changed, $SegcPlan.Kept.Count, $SegcOff
)
if (-not $PSCmdlet.ShouldProcess($env:COMPUTERNAME, $SegcQuestion)) { return }
# That was the only question.
$ConfirmPreference = 'None'
Initialize-SegcFolder
$lock = Enter-SegcLock 5
try { Invoke-SegcApply $RevertAfterMinutes } finally { $lock.Dispose() }
Write-SegcNotes $SegcWanted $SegcFound
`;
