using System.Reflection;
using System.Runtime.CompilerServices;
using Berth.TestKit;

namespace Berth.Client.Tests;

/// <summary>The demands of Unity and of older compilers on the assembly.</summary>
public sealed class PackageTests
{
    private static readonly Assembly s_assembly = typeof(BerthClient).Assembly;

    [Fact]
    public void Assembly_refers_to_netstandard_alone() =>
        Assert.Equal(["netstandard"], s_assembly.GetReferencedAssemblies().Select(static reference => reference.Name));

    [Fact]
    public void Public_surface_needs_no_newer_compiler()
    {
        Type[] types = [.. s_assembly.GetExportedTypes()];
        Assert.True(types.Length > 10);
        Assert.All(types, static type =>
        {
            Assert.Equal("Berth.Client", type.Namespace);
            Assert.Empty(type.GetCustomAttributes<RequiredMemberAttribute>());
            // An init accessor has a modifier that older compilers do not know.
            Assert.DoesNotContain(
                type.GetProperties(), static property => property.SetMethod?.ReturnParameter.GetRequiredCustomModifiers().Length > 0);
        });
    }

    [Fact]
    public void Sources_use_no_reflection()
    {
        string folder = Path.Combine(Checkout.Root, "src", "Berth.Client");
        string[] files = [.. Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)];
        Assert.True(files.Length > 20);
        Assert.All(files, static file => Assert.DoesNotMatch(
            @"System\.Reflection|\bdynamic\b|Activator|\.GetType\(|typeof\(", File.ReadAllText(file)));
    }
}
