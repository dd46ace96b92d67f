#!/usr/bin/env bash
# Subject: .NET 10, PosixSignalRegistration for SIGCHLD in a program that is process 1 of its namespace.
# Seen 2026-11-28 with the .NET SDK 10.0.401 (runtime 10.0.12).
#
# Behaviour: A program starts a child with posix_spawn and waits for it with waitpid. It also has a registration for
# SIGCHLD, which does nothing. As an ordinary process it gets the child's exit code. As process 1 it gets ECHILD: the
# runtime has taken the ended child, and its exit code is lost.
#
# Why it matters: The first process of a container is process 1. A supervisor in .NET that starts its server without
# System.Diagnostics.Process, to hand over a process group or descriptors, never learns how it ended. Without the
# registration waitpid works; another way is to wait with waitid and WNOWAIT on a thread of its own.
#
# Needs: the .NET SDK 10, unshare with unprivileged or root namespaces. Removes its folder, exits 1 if the behaviour
# changed.
set -euo pipefail
export LC_ALL=C DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat > first.csproj << 'END'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <AllowUnsafeBlocks>true</AllowUnsafeBlocks>
    <InvariantGlobalization>true</InvariantGlobalization>
  </PropertyGroup>
</Project>
END
cat > first.cs << 'END'
using System;
using System.Runtime.InteropServices;
using System.Threading;

string[] arguments = ["/bin/sh", "-c", "exit 7"];
nint[] texts = new nint[arguments.Length + 1];
for (int i = 0; i < arguments.Length; i++)
    texts[i] = Marshal.StringToCoTaskMemUTF8(arguments[i]);
using ManualResetEventSlim told = new();
using PosixSignalRegistration? registration =
    args is ["registered"] ? PosixSignalRegistration.Create(PosixSignal.SIGCHLD, _ => told.Set()) : null;
if (Native.posix_spawn(out int pid, "/bin/sh", 0, 0, texts, [0]) != 0)
    return 2;
// The child has ended before the program waits for it.
if (registration is not null)
    told.Wait(TimeSpan.FromSeconds(30));
int result = Native.waitpid(pid, out int status, 0);
string who = Environment.ProcessId == 1 ? "process 1" : "another process";
Console.WriteLine($"{who}, {(registration is null ? "no registration" : "registration")}: "
    + (result == pid ? $"exit code {(status >> 8) & 0xff}" : $"errno {Marshal.GetLastPInvokeError()}"));
return 0;

internal static class Native
{
    [DllImport("libc", SetLastError = true)]
    public static extern int posix_spawn(out int pid, string path, nint actions, nint attributes, nint[] arguments, nint[] environment);

    [DllImport("libc", SetLastError = true)]
    public static extern int waitpid(int pid, out int status, int options);
}
END
dotnet build -c Release --nologo -v quiet -o out > build.log 2>&1 || { cat build.log; exit 2; }
first() { unshare --user --map-root-user --pid --fork --mount-proc dotnet out/first.dll "$@"; }
first > probe.txt 2>&1 || { cat probe.txt; exit 2; }
seen=$(dotnet out/first.dll; dotnet out/first.dll registered; first; first registered)

cat << END
version:  .NET $(dotnet --version)
expected: exit code 7 each time: a registration adds a handler, and children of others are theirs
source:   PosixSignalRegistration.Create, .NET API reference: the handler is called when the signal occurs; waitpid(2)
seen:
$seen
END
recorded=$(cat << 'END'
another process, no registration: exit code 7
another process, registration: exit code 7
process 1, no registration: exit code 7
process 1, registration: errno 10
END
)
if [ "$seen" = "$recorded" ]; then
    echo "unchanged"
else
    printf 'CHANGED; recorded was:\n%s\n' "$recorded"
    exit 1
fi
