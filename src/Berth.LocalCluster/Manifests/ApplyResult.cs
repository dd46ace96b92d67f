namespace Berth.LocalCluster;

/// <summary>The result of applying manifests.</summary>
/// <param name="Applied">The number of objects that were created or changed.</param>
/// <param name="PassedOver">
/// Objects of kinds that the local cluster does not have, and hooks of helm test, as <c>Widget settings (app.yaml)</c>.
/// </param>
public sealed record ApplyResult(int Applied, IReadOnlyList<string> PassedOver);
