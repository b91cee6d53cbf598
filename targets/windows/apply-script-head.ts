// The first part of `apply.ps1`: parameters, and what it needs to read and keep its files and to see what
// policy is in force. One constant text in plain ASCII; all that differs between hosts is the data after
// it. No PowerShell runs where segc is tested, so each line says no more than it must, and strings are
// single-quoted: nothing in them is ever expanded.
export const applyHead = String.raw`#requires -Version 5.1
#requires -RunAsAdministrator
#requires -Modules NetSecurity
#requires -Modules ScheduledTasks
<#
.SYNOPSIS
Brings the Windows Firewall of this host to the policy that segc compiled into this file.
.DESCRIPTION
Writes rules of the group segc and the settings of the three profiles to the local group policy of this
host, refreshes group policy and looks whether Windows took all of it. If not, it goes back. Rules of
others are left alone. What is remembered between runs is in the folder segc of ProgramData.
.PARAMETER RevertAfterMinutes
After so many minutes without -Keep, a scheduled task goes back to what was there before. 0: never.
.PARAMETER Keep
Keeps what was applied: takes away that task.
.PARAMETER Rollback
Goes back to what was there before the last apply or, while none of several was kept, before the first.
.EXAMPLE
.\apply.ps1 -WhatIf
.EXAMPLE
.\apply.ps1
Then, from a new session, which proves that you still get in: .\apply.ps1 -Keep
.EXAMPLE
.\apply.ps1 -RevertAfterMinutes 0 -Confirm:$false
For a daily task: takes away rules past their last day and what others did to rules of segc.
#>
[CmdletBinding(DefaultParameterSetName = 'Apply', SupportsShouldProcess = $true, ConfirmImpact = 'High')]
param(
  [Parameter(ParameterSetName = 'Apply')]
  [ValidateRange(0, 1440)]
  [int] $RevertAfterMinutes = 10,

  [Parameter(ParameterSetName = 'Keep', Mandatory = $true)]
  [switch] $Keep,

  [Parameter(ParameterSetName = 'Rollback', Mandatory = $true)]
  [switch] $Rollback
)

Set-StrictMode -Version Latest
# The cmdlets of NetSecurity and ScheduledTasks do not see this one: each call says -ErrorAction Stop.
$ErrorActionPreference = 'Stop'
# What gpupdate returns is looked at by its effect.
$PSNativeCommandUseErrorActionPreference = $false

$SegcStore = 'localhost'
$SegcGroup = 'segc'
$SegcNames = '^segc-[0-9a-z-]+$'
$SegcTask = 'segc revert'
$SegcFolder = Join-Path ([System.Environment]::GetFolderPath('CommonApplicationData')) 'segc'
# SYSTEM and Administrators.
$SegcTrusted = @('S-1-5-18', 'S-1-5-32-544')
$SegcKey = 'SOFTWARE\Policies\Microsoft\WindowsFirewall'
$SegcProfiles = @('Domain', 'Private', 'Public')
# Parameters of Set-NetFirewallProfile, and the values that policy has for them in the registry.
$SegcSettings = @{
  Enabled = 'EnableFirewall'
  AllowInboundRules = 'DoNotAllowExceptions'
  AllowLocalFirewallRules = 'AllowLocalPolicyMerge'
  DefaultInboundAction = 'DefaultInboundAction'
  DefaultOutboundAction = 'DefaultOutboundAction'
}
# Parameters of New-NetFirewallRule that come from tables of rules.
$SegcFields = @(
  'Direction', 'Action', 'Protocol', 'LocalPort', 'RemotePort', 'IcmpType', 'LocalAddress',
  'RemoteAddress', 'Program', 'Service', 'LocalUser', 'Description', 'Enabled'
)
# Whether the store was written to: what failed before that needs no way back.
$SegcRun = @{ Touched = $false }
# What runs now, not what the file has become: the task that reverts runs it as SYSTEM.
$SegcText = [string] $MyInvocation.MyCommand.ScriptBlock
if ($MyInvocation.MyCommand -is [System.Management.Automation.ExternalScriptInfo]) {
  $SegcText = [string] $MyInvocation.MyCommand.ScriptContents
}

function Write-SegcLine {
  param([string] $Text)
  Write-Host ('segc: ' + $Text)
}

# Units outside printable ASCII, quotes and tildes stand in the data as a tilde and four digits.
function ConvertFrom-SegcText {
  param([string] $Text)
  return [regex]::Replace($Text, '~([0-9a-f]{4})', {
    param($Found)
    [string] [char] [System.Convert]::ToInt32($Found.Groups[1].Value, 16)
  })
}

# Objects read from JSON as hash tables. Nothing is an empty one.
function ConvertTo-SegcTable {
  param($Object)
  $table = @{}
  if ($null -ne $Object) {
    foreach ($property in $Object.PSObject.Properties) { $table[$property.Name] = $property.Value }
  }
  return $table
}

# The task runs a file of this folder as SYSTEM, and a rollback believes what it reads here.
function Assert-SegcFolder {
  $folder = Get-Item -LiteralPath $SegcFolder -Force
  $acl = Get-Acl -LiteralPath $SegcFolder
  $type = [System.Security.Principal.SecurityIdentifier]
  $strangers = @($acl.GetAccessRules($true, $true, $type) | Where-Object {
    $SegcTrusted -notcontains $_.IdentityReference.Value
  })
  $isPlain = $folder.PSIsContainer -and -not $folder.Attributes.HasFlag([System.IO.FileAttributes]::ReparsePoint)
  $isOurs = $SegcTrusted -contains $acl.GetOwner($type).Value
  if (-not ($isPlain -and $isOurs -and $acl.AreAccessRulesProtected -and $strangers.Count -eq 0)) {
    throw ('{0} is not as segc makes it: others may write there. Look at it, then move it away.' -f $SegcFolder)
  }
}

function Initialize-SegcFolder {
  if (-not (Test-Path -LiteralPath $SegcFolder)) {
    $null = New-Item -ItemType Directory -Path $SegcFolder
    $acl = New-Object -TypeName System.Security.AccessControl.DirectorySecurity
    $parts = [System.Security.AccessControl.AccessControlSections] 'Access, Owner, Group'
    $acl.SetSecurityDescriptorSddlForm('O:BAG:BAD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)', $parts)
    Set-Acl -LiteralPath $SegcFolder -AclObject $acl
    # Until here, every user could put a file into it.
    if (@(Get-ChildItem -LiteralPath $SegcFolder -Force).Count -gt 0) {
      throw ('somebody wrote to {0} while it was made. Look at it, then move it away.' -f $SegcFolder)
    }
  }
  Assert-SegcFolder
}

# One run at a time. The file is let go when the process ends, however it ends.
function Enter-SegcLock {
  param([int] $Seconds)
  $path = Join-Path $SegcFolder 'lock'
  for ($waited = 0; $true; $waited += 2) {
    try {
      return [System.IO.File]::Open($path, 'OpenOrCreate', 'ReadWrite', 'None')
    } catch [System.IO.IOException] {
      if ($waited -ge $Seconds) { throw 'another run of segc is at work on this host' }
      if ($waited -eq 0) { Write-SegcLine 'waiting for another run on this host' }
    }
    Start-Sleep -Seconds 2
  }
}

# A file is there as it was or as it shall be, never in part.
function Write-SegcText {
  param([string] $File, [string] $Text)
  $path = Join-Path $SegcFolder $File
  $fresh = $path + '.new'
  $bytes = (New-Object -TypeName System.Text.UTF8Encoding -ArgumentList $false).GetBytes($Text)
  $stream = [System.IO.File]::Create($fresh)
  try {
    $stream.Write($bytes, 0, $bytes.Length)
    $stream.Flush($true)
  } finally {
    $stream.Dispose()
  }
  if ([System.IO.File]::Exists($path)) {
    [System.IO.File]::Replace($fresh, $path, [System.Management.Automation.Language.NullString]::Value)
  } else {
    [System.IO.File]::Move($fresh, $path)
  }
}

# JSON with a line for each entry: ConvertFrom-Json of 5.1 may refuse a long text, so it gets lines.
function Write-SegcFile {
  param([string] $File, [hashtable] $Entries)
  $lines = @(foreach ($name in @($Entries.Keys | Sort-Object)) {
    '"{0}":{1}' -f $name, (ConvertTo-Json -InputObject $Entries[$name] -Compress -Depth 5)
  })
  $newline = [string] [char] 10
  Write-SegcText $File ('{' + $newline + ($lines -join (',' + $newline)) + $newline + '}' + $newline)
}

function Read-SegcFile {
  param([string] $File)
  $entries = @{}
  $path = Join-Path $SegcFolder $File
  if (-not [System.IO.File]::Exists($path)) { return $entries }
  foreach ($line in [System.IO.File]::ReadAllLines($path)) {
    if (-not $line.StartsWith('"')) { continue }
    $entry = ConvertFrom-Json -InputObject ('{' + $line.TrimEnd(',') + '}')
    foreach ($property in $entry.PSObject.Properties) { $entries[$property.Name] = $property.Value }
  }
  return $entries
}

# As a process of 64 bits sees it, whatever this one is.
function Open-SegcHive {
  return [Microsoft.Win32.RegistryKey]::OpenBaseKey('LocalMachine', 'Registry64')
}

# What group policy, local or of a domain, has brought to this host: our rules as Windows wrote them,
# how many others there are, and the settings of the profiles.
function Read-SegcPolicy {
  $policy = @{ Rules = @{}; Others = 0; Profiles = @{} }
  $hive = Open-SegcHive
  try {
    $key = $hive.OpenSubKey($SegcKey + '\FirewallRules')
    if ($null -ne $key) {
      foreach ($name in $key.GetValueNames()) {
        $rule = [string] $key.GetValue($name)
        if ($name -cmatch $SegcNames -and $rule.Contains('|EmbedCtxt=segc|')) {
          $policy.Rules[$name] = $rule
        } else {
          $policy.Others++
        }
      }
      $key.Dispose()
    }
    foreach ($name in $SegcProfiles) { $policy.Profiles[$name] = Read-SegcProfile $hive $name }
  } finally {
    $hive.Dispose()
  }
  return $policy
}

function Read-SegcProfile {
  param([Microsoft.Win32.RegistryKey] $Hive, [string] $Name)
  $values = @{}
  $key = $Hive.OpenSubKey(('{0}\{1}Profile' -f $SegcKey, $Name))
  foreach ($value in $SegcSettings.Values) {
    $values[$value] = $null
    if ($null -ne $key) { $values[$value] = $key.GetValue($value) }
  }
  if ($null -ne $key) { $key.Dispose() }
  return $values
}

# What a setting is in the registry; null where none is asked for.
function Get-SegcNumber {
  param([string] $Setting, [string] $Value)
  if ($Value -eq 'NotConfigured') { return $null }
  $isSet = $Value -eq 'True' -or $Value -eq 'Block'
  # That value says the opposite of its parameter.
  if ($Setting -eq 'AllowInboundRules') { $isSet = -not $isSet }
  return [int] $isSet
}

`;
