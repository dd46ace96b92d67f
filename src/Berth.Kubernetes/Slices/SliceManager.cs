namespace Berth.Kubernetes.Slices;

/// <summary>The controller that keeps a slice up to date (label endpointslice.kubernetes.io/managed-by).</summary>
internal enum SliceManager
{
    /// <summary>The slice has no such label.</summary>
    Unstated = 0,

    /// <summary>The controller that follows the Service's selector, <c>endpointslice-controller.k8s.io</c>.</summary>
    Controller = 1,

    /// <summary>The controller that copies Endpoints, <c>endpointslicemirroring-controller.k8s.io</c>.</summary>
    Mirroring = 2,

    /// <summary>Another writer: a program that copies another cluster's slices, or a person.</summary>
    Other = 3,
}
