using Berth.Planning.Objects;
using Berth.Planning.Ranges;

namespace Berth.Planning.Workloads;

/// <summary>One object that creates pods, with the ports that they claim on their nodes.</summary>
internal sealed class Workload
{
    public required PlanObject Object { get; init; }

    /// <summary>The position in the input. Of two that clash the later one is reported.</summary>
    public required int Index { get; init; }

    /// <summary>The <c>spec</c> of the pods.</summary>
    public required JsonObject PodSpec { get; init; }

    public required JsonObject? Labels { get; init; }

    public required JsonObject? Annotations { get; init; }

    public required IReadOnlyList<Container> Containers { get; init; }

    /// <summary>The largest number of pods: <c>replicas</c>, or an autoscaler's maximum when that is higher.</summary>
    public required int Pods { get; init; }

    /// <summary>The autoscaler that sets the number of pods, or null.</summary>
    public required PlanObject? Autoscaler { get; init; }

    /// <summary>The first ordinal.</summary>
    public required int Start { get; init; }

    public required bool OnHostNetwork { get; init; }

    /// <summary>The statement that the ports are taken from; null when there is none.</summary>
    public PortStatement? Statement { get; set; }

    /// <summary>Other statements about the same ports, which have to agree with it.</summary>
    public IReadOnlyList<PortStatement> OtherStatements { get; set; } = [];

    /// <summary>The claims on ports of nodes.</summary>
    public IReadOnlyList<PortSpan> Spans { get; set; } = [];

    public bool IsSet => Object.Kind == "StatefulSet";

    /// <summary>True when the ports of its pods follow from their ordinals.</summary>
    public bool HasPortPerOrdinal => Statement is { IsPerOrdinal: true };

    public string Subject => Object.Subject;
}
