using System.Diagnostics.CodeAnalysis;

namespace Berth.Ports;

/// <summary>One or several known bases, each + ordinal x stride.</summary>
internal sealed class PerOrdinalPortScheme : PortScheme
{
    private readonly EndpointPort[] _bases;
    private readonly int _stride;
    private readonly PortRule _rule;

    public PerOrdinalPortScheme(EndpointPort[] bases, int stride)
    {
        CheckPlan(bases, stride);
        _bases = bases;
        _stride = stride;
        _rule = new PortRule(bases, stride);
    }

    public override bool NeedsOrdinal => true;

    public override bool TryResolve(
        int? ordinal, IReadOnlyList<EndpointPort> servicePorts, out IReadOnlyList<EndpointPort> ports,
        [NotNullWhen(false)] out string? reason) =>
        _rule.TryResolve(ordinal, out ports, out reason);

    internal override PortRule RuleFor(IReadOnlyList<EndpointPort> servicePorts) => _rule;

    public override bool Equals(PortScheme? other) =>
        other is PerOrdinalPortScheme scheme && scheme._stride == _stride && scheme._bases.AsSpan().SequenceEqual(_bases);

    public override int GetHashCode() => HashCode.Combine(_bases.Length, _bases[0], _stride);

    public override string ToString() =>
        $"{string.Join(", ", _bases)} + ordinal" +
            (_stride == 1 ? "" : string.Create(System.Globalization.CultureInfo.InvariantCulture, $" x {_stride}"));

    /// <summary>
    /// Refuses equal bases of one protocol, which clash in every pod. Whether different bases clash depends on the number of pods and on
    /// their nodes. <see cref="EndpointSnapshot.FindPortClashes"/> reports the clashes of existing pods.
    /// </summary>
    private static void CheckPlan(EndpointPort[] bases, int stride)
    {
        for (int i = 0; i < bases.Length; i++)
        {
            for (int j = i + 1; j < bases.Length; j++)
            {
                if (bases[i].Number == bases[j].Number && bases[i].Protocol == bases[j].Protocol)
                {
                    throw new ArgumentException(
                        $"The base ports '{bases[i].Name}' and '{bases[j].Name}' are both {bases[i].Number}/{bases[i].Protocol} (stride " +
                        $"{stride}), " +
                        "so every pod would claim that port twice. Give them different bases.",
                        nameof(bases));
                }
            }
        }
    }
}
