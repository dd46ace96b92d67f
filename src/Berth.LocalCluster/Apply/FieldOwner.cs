namespace Berth.LocalCluster.Apply;

/// <summary>The fields that a manager owns, as an entry of <c>metadata.managedFields</c>.</summary>
/// <param name="Manager">The manager.</param>
/// <param name="Version">The API version that it names the fields in.</param>
/// <param name="Time">When they became its own.</param>
/// <param name="Fields">The fields.</param>
internal sealed record FieldOwner(FieldManager Manager, string Version, string Time, FieldSet Fields);
