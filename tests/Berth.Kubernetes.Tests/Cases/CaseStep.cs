namespace Berth.Kubernetes.Cases;

/// <summary>
/// One step of a case. Any steps in any order are a case, so that steps can be removed until only the important ones are left.
/// </summary>
/// <param name="Kind">What happens.</param>
/// <param name="Lot">The random number that chooses the pod, slice, order and delay.</param>
internal readonly record struct CaseStep(StepKind Kind, int Lot)
{
    private static readonly StepKind[] s_kinds = Enum.GetValues<StepKind>();

    /// <summary>Draws the steps of a case.</summary>
    public static CaseStep[] Draw(int seed)
    {
        Random random = new(seed);
        CaseStep[] steps = new CaseStep[random.Next(8, 60)];
        for (int i = 0; i < steps.Length; i++)
        {
            // Pods first, or nothing happens to them; and time passes in between.
            StepKind kind = i < 6 ? StepKind.Start
                : random.Next(3) == 0 ? StepKind.Pass
                : s_kinds[random.Next(s_kinds.Length)];
            steps[i] = new CaseStep(kind, random.Next());
        }

        return steps;
    }
}

/// <summary>The events of a case.</summary>
internal enum StepKind
{
    /// <summary>A pod starts, and its controller adds it to a slice.</summary>
    Start,

    /// <summary>A pod becomes ready, or not ready.</summary>
    Flip,

    /// <summary>A pod is deleted: it terminates, and is then gone.</summary>
    Delete,

    /// <summary>A pod is deleted by force, and its successor starts at once under the same name.</summary>
    Force,

    /// <summary>A pod ends and stays in its slice, not serving, until the controller next looks at the Service.</summary>
    Finish,

    /// <summary>A port of the Service is edited: all pods are dealt out again, one write a slice.</summary>
    Deal,

    /// <summary>A container's port is renamed in half of the pods: slices then always have different ports.</summary>
    HalfRoll,

    /// <summary>Some pods move to another slice, or to a new one.</summary>
    Move,

    /// <summary>A slice is deleted by hand, and the controller makes another.</summary>
    DropSlice,

    /// <summary>The Service is replaced: all of its slices go, and new ones come.</summary>
    ReplaceService,

    /// <summary>A slice is labelled as another Service's, and later back.</summary>
    Relabel,

    /// <summary>The selector is removed, and a mirrored slice comes; or it is put back.</summary>
    Selector,

    /// <summary>The Service is deleted without its slices, or exists again.</summary>
    Orphan,

    /// <summary>A copy of another cluster's slices comes, changes or goes.</summary>
    Peer,

    /// <summary>A pod of another owner matches the selector, or no longer does.</summary>
    Stranger,

    /// <summary>The watch ends and everything is listed again.</summary>
    Relist,

    /// <summary>The API server is gone for a while.</summary>
    Outage,

    /// <summary>Time passes.</summary>
    Pass,

    /// <summary>More time passes.</summary>
    Rest,
}
