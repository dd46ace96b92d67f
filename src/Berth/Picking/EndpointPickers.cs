using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Berth.Targets;

namespace Berth;

/// <summary>Creates pickers by name, for options and configuration.</summary>
public static class EndpointPickers
{
    /// <summary>The names that <see cref="TryCreate"/> accepts.</summary>
    public static IReadOnlyList<string> Names { get; } = ["random", "round-robin", "sticky", "ordinal:N", "pod:NAME"];

    /// <summary>
    /// Creates a picker from its name: <c>random</c>, <c>round-robin</c>, <c>sticky</c>, <c>ordinal:2</c> or <c>pod:service-b-2</c>.
    /// </summary>
    /// <param name="name">The name.</param>
    /// <param name="picker">The picker.</param>
    /// <param name="fault">On failure, a sentence that says why.</param>
    public static bool TryCreate(string name, [NotNullWhen(true)] out IEndpointPicker? picker, [NotNullWhen(false)] out string? fault)
    {
        ArgumentNullException.ThrowIfNull(name);
        int colon = name.IndexOf(':', StringComparison.Ordinal);
        string argument = colon < 0 ? "" : name[(colon + 1)..];
        picker = (colon < 0 ? name : name[..colon]) switch
        {
            "random" when colon < 0 => RandomPicker.Shared,
            "round-robin" when colon < 0 => new RoundRobinPicker(),
            "sticky" when colon < 0 => new StickyPicker(),
            "ordinal" when int.TryParse(argument, NumberStyles.None, CultureInfo.InvariantCulture, out int ordinal) =>
                new OrdinalPicker(ordinal),
            "pod" when argument.Length > 0 && Dns1123.FaultOfSubdomain(argument) is null => new PodNamePicker(argument),
            _ => null,
        };
        fault = picker is null ? $"There is no picker '{name}'. Choose one of {string.Join(", ", Names)}." : null;
        return picker is not null;
    }
}
