// `apply.ps1` around its data. The part of it that stands here comes after the data: what is wanted, what
// was there before, what is remembered, and what differs.
import { applyRun } from "./apply-script-tail.ts";

export { applyHead } from "./apply-script-head.ts";

export const applyScriptPath = "apply.ps1";

const plan = String.raw`
# Tokens of the rules in the registry that a table can say, the rest of them apart.
$SegcLists = @{
  LPort = 'LocalPort'; LPort2_10 = 'LocalPort'; RPort = 'RemotePort'; RPort2_10 = 'RemotePort'
  ICMP4 = 'IcmpType'; ICMP6 = 'IcmpType'; LA4 = 'LocalAddress'; LA6 = 'LocalAddress'
  RA4 = 'RemoteAddress'; RA6 = 'RemoteAddress'
}
$SegcTexts = @{
  Protocol = 'Protocol'; App = 'Program'; Svc = 'Service'; LUAuth = 'LocalUser'; Desc = 'Description'
}
$SegcPairs = @{
  'Action=Allow' = @('Action', 'Allow'); 'Action=Block' = @('Action', 'Block')
  'Active=TRUE' = @('Enabled', 'True'); 'Active=FALSE' = @('Enabled', 'False')
  'Dir=In' = @('Direction', 'Inbound'); 'Dir=Out' = @('Direction', 'Outbound')
}

# A rule of the registry as a table; nothing where no table says the same.
function ConvertFrom-SegcRule {
  param([string] $Rule)
  $table = @{}
  foreach ($field in @($Rule -split '\|' | Select-Object -Skip 1)) {
    $token, $value = $field -split '=', 2
    if ($SegcPairs.ContainsKey($field)) {
      $table[$SegcPairs[$field][0]] = $SegcPairs[$field][1]
    } elseif ($SegcTexts.ContainsKey($token)) {
      $table[$SegcTexts[$token]] = $value
    } elseif ($SegcLists.ContainsKey($token) -and $value -match '^[0-9A-Fa-f.:/*-]+$') {
      $list = $SegcLists[$token]
      if (-not $table.ContainsKey($list)) { $table[$list] = @() }
      $table[$list] += $value.Replace(':*', '')
    } elseif (@('', 'Name', 'EmbedCtxt') -cnotcontains $token) {
      return $null
    }
  }
  return $table
}

function Test-SegcExpired {
  param([hashtable] $Table)
  $culture = [System.Globalization.CultureInfo]::InvariantCulture
  $today = [System.DateTime]::UtcNow.ToString('yyyy-MM-dd', $culture)
  return $Table.ContainsKey('Until') -and [string]::CompareOrdinal($today, $Table['Until']) -gt 0
}

function ConvertFrom-SegcData {
  param([hashtable] $Rule)
  $table = $Rule.Clone()
  foreach ($field in @('Program', 'Service', 'Description')) {
    if ($table.ContainsKey($field)) { $table[$field] = ConvertFrom-SegcText $table[$field] }
  }
  return $table
}

# What a rule does, to be compared. The description does nothing.
function Get-SegcContent {
  param([hashtable] $Table)
  $parts = @(foreach ($field in $SegcFields) {
    if ($field -ne 'Description' -and $Table.ContainsKey($field)) {
      '{0}={1}' -f $field, (@($Table[$field]) -join ',')
    }
  })
  return $parts -join '|'
}

# The default actions that the local policy had before segc set them, by profile.
function Get-SegcBefore {
  param($Memory)
  $before = @{}
  $all = ConvertTo-SegcTable $Memory
  foreach ($name in $SegcProfiles) { $before[$name] = ConvertTo-SegcTable $all[$name] }
  return $before
}

function Get-SegcTarget {
  $memory = Read-SegcFile 'applied.json'
  $state = Read-SegcFile 'state.json'
  $target = @{ Rules = @{}; Odd = @{}; Strings = @{}; Profiles = @{}; Expired = 0; HandedBack = 0; Exact = $false }
  $target.Before = Get-SegcBefore $memory['before']
  foreach ($rule in $SegcData['Rules']) {
    if (Test-SegcExpired $rule) { $target.Expired++; continue }
    $name = $rule['Name']
    $table = ConvertFrom-SegcData $rule
    $target.Rules[$name] = $table
    # The same name is mostly the same rule; those of the baseline have names that mean nothing.
    $old = Get-SegcContent (ConvertTo-SegcTable $memory[$name])
    if ([string]::Equals($old, (Get-SegcContent $table))) { $target.Strings[$name] = $state[$name] }
  }
  foreach ($name in $SegcProfiles) {
    $target.Profiles[$name] = @{ Enabled = 'True'; AllowInboundRules = 'True'; AllowLocalFirewallRules = 'False' }
    foreach ($direction in @('Inbound', 'Outbound')) { Set-SegcDefault $target $name $direction }
  }
  return $target
}

# Where segc no longer stands in a direction, what it had set there gives way to what was before:
# blocked without the rules that let through, nothing would pass.
function Set-SegcDefault {
  param([hashtable] $Target, [string] $Name, [string] $Direction)
  $setting = 'Default{0}Action' -f $Direction
  $before = $Target.Before[$Name]
  if ($SegcData[$Direction] -cne 'NotConfigured') {
    $Target.Profiles[$Name][$setting] = $SegcData[$Direction]
  } elseif ($before.ContainsKey($setting)) {
    $Target.Profiles[$Name][$setting] = $before[$setting]
    $before.Remove($setting)
    $Target.HandedBack++
  }
}

function Set-SegcBefore {
  param([hashtable] $Target, [hashtable] $Stored)
  foreach ($direction in @('Inbound', 'Outbound')) {
    if ($SegcData[$direction] -ceq 'NotConfigured') { continue }
    $setting = 'Default{0}Action' -f $direction
    foreach ($name in $SegcProfiles) {
      $before = $Target.Before[$name]
      if (-not $before.ContainsKey($setting)) { $before[$setting] = $Stored[$name][$setting] }
    }
  }
}

# What was saved before the last apply, as something to bring about.
function Get-SegcPrevious {
  $saved = Read-SegcFile 'previous.json'
  if ($saved.Count -eq 0) { throw 'nothing is saved on this host to go back to' }
  $target = @{ Rules = @{}; Odd = @{}; Strings = @{}; Profiles = @{}; Registry = @{}; Exact = $true }
  $target.Before = Get-SegcBefore $saved['before']
  foreach ($name in @($saved.Keys | Where-Object { $_ -cmatch $SegcNames })) {
    $entry = $saved[$name]
    $table = ConvertTo-SegcTable $entry.Table
    if (Test-SegcExpired $table) { continue }
    $target.Rules[$name] = $table
    $target.Strings[$name] = $entry.String
    if ($entry.IsOdd) { $target.Odd[$name] = $true }
  }
  foreach ($name in $SegcProfiles) {
    $target.Profiles[$name] = ConvertTo-SegcTable $saved[$name]
    $target.Registry[$name] = ConvertTo-SegcTable $saved[('registry ' + $name)]
  }
  return $target
}

# Rules as the last apply made them are saved as its tables; those changed since as what they became.
function Save-SegcPrevious {
  param([hashtable] $Policy, [hashtable] $Stored)
  $state = Read-SegcFile 'state.json'
  $applied = Read-SegcFile 'applied.json'
  $saved = @{ before = Get-SegcBefore $applied['before'] }
  foreach ($name in $Policy.Rules.Keys) {
    $rule = $Policy.Rules[$name]
    $table = $applied[$name]
    $isOdd = $null -eq $table -or -not [string]::Equals($rule, $state[$name])
    if ($isOdd) {
      $read = ConvertFrom-SegcRule $rule
      if ($null -ne $read) { $table = $read }
      else { Write-Warning ('{0} was changed so that it cannot be saved as it is' -f $name) }
    }
    if ($null -ne $table) { $saved[$name] = @{ String = $rule; Table = $table; IsOdd = $isOdd } }
  }
  foreach ($name in $SegcProfiles) {
    $saved[$name] = $Stored[$name]
    $saved[('registry ' + $name)] = $Policy.Profiles[$name]
  }
  Write-SegcFile 'previous.json' $saved
}

# Not of rules that somebody else changed, which a rollback may bring: the next apply replaces them.
function Save-SegcState {
  param([hashtable] $Target, [hashtable] $Policy)
  $state = @{}
  $applied = @{ before = $Target.Before }
  foreach ($name in $Target.Rules.Keys) {
    if ($Target.Odd.ContainsKey($name) -or -not $Policy.Rules.ContainsKey($name)) { continue }
    $state[$name] = $Policy.Rules[$name]
    $applied[$name] = $Target.Rules[$name]
  }
  Write-SegcFile 'state.json' $state
  Write-SegcFile 'applied.json' $applied
}

# Settings of profiles that are not in force as wanted; where all is known, exactly as they were.
function Get-SegcProfileFaults {
  param([hashtable] $Target, [hashtable] $Policy)
  foreach ($name in $SegcProfiles) {
    foreach ($setting in $SegcSettings.Keys) {
      $value = $SegcSettings[$setting]
      $found = $Policy.Profiles[$name][$value]
      $wanted = $found
      if ($Target.Exact) {
        $wanted = $Target.Registry[$name][$value]
      } elseif ($Target.Profiles[$name].ContainsKey($setting)) {
        $number = Get-SegcNumber $setting $Target.Profiles[$name][$setting]
        # Exceptions are allowed where nothing is said.
        $isDefault = $null -eq $found -and $number -eq 0 -and $setting -eq 'AllowInboundRules'
        if ($null -ne $number -and -not $isDefault) { $wanted = $number }
      }
      if ($found -ne $wanted) { '{0} of the {1} profile is not as it shall be' -f $value, $name }
    }
  }
}

function Get-SegcFaults {
  param([hashtable] $Target, [hashtable] $Policy)
  foreach ($name in $Target.Rules.Keys) {
    if (-not $Policy.Rules.ContainsKey($name)) {
      'rule {0} is missing' -f $name
    } elseif ($Target.Exact -and -not [string]::Equals($Policy.Rules[$name], $Target.Strings[$name])) {
      'rule {0} is not as it was' -f $name
    }
  }
  foreach ($name in $Policy.Rules.Keys) {
    if (-not $Target.Rules.ContainsKey($name)) { 'rule {0} is still there' -f $name }
  }
  Get-SegcProfileFaults $Target $Policy
}

# What was applied is what is there, unless somebody changed it: then Windows holds another text for it.
function Get-SegcPlan {
  param([hashtable] $Target, [hashtable] $Policy)
  $plan = @{ Kept = @{}; Changed = 0; Added = 0; Removed = 0 }
  foreach ($name in $Target.Rules.Keys) {
    if (-not $Policy.Rules.ContainsKey($name)) {
      $plan.Added++
    } elseif ([string]::Equals($Policy.Rules[$name], $Target.Strings[$name])) {
      $plan.Kept[$name] = $true
    } else {
      $plan.Changed++
    }
  }
  foreach ($name in $Policy.Rules.Keys) { if (-not $Target.Rules.ContainsKey($name)) { $plan.Removed++ } }
  return $plan
}

`;

export const applyTail = `${plan}${applyRun}`;
