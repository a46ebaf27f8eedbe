//! Agreement of ratings on one common scale: rwg, rwg(j) and the average deviation.

/// Agreement on one item or, with several, on a scale of them.
#[derive(Clone, Debug, PartialEq)]
pub struct RatingAgreement {
    /// Variance of ratings that are spread evenly over the scale, (A^2 - 1) / 12.
    pub uniform_variance: f64,
    /// Variance of each item (divisor k - 1).
    pub variances: Vec<f64>,
    /// rwg of each item, 1 - variance / uniform variance: at most 1, below 0 when people stand at both ends.
    pub rwg: Vec<f64>,
    /// The same with 0 in place of what is below 0, as James, Demaree & Wolf report it.
    pub rwg_truncated: Vec<f64>,
    /// rwg(j) of the scale, in [0, 1]: rises with the number of items; the mean variance is cut off at the uniform one.
    pub rwg_j: f64,
    /// rwg(j) without that cut. Undefined when its divisor is 0; not to be reported when the mean variance is above the uniform one.
    pub rwg_j_untruncated: Option<f64>,
    /// r*wg(j), 1 - mean variance / uniform variance (Lindell, Brandt & Whitney 1999): does not rise with the number of items.
    pub rwg_j_star: f64,
    /// Average deviation from the mean, per item, in units of the scale.
    pub ad_mean: Vec<f64>,
    /// Average deviation from the median, per item.
    pub ad_median: Vec<f64>,
    /// Mean of `ad_mean`.
    pub scale_ad_mean: f64,
    /// Mean of `ad_median`.
    pub scale_ad_median: f64,
    /// The average deviation up to which one speaks of agreement, A / 6 (Burke & Dunlap 2002).
    pub ad_limit: f64,
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let half = sorted.len() / 2;
    if sorted.len().is_multiple_of(2) {
        f64::midpoint(sorted[half - 1], sorted[half])
    } else {
        sorted[half]
    }
}

/// Agreement of people on items, all rated from 1 to `points`.
///
/// `ratings`: one row per person, one column per item. Undefined with fewer than two people, without items, for rows of
/// different lengths, for ratings outside 1 to `points`, and for a scale of fewer than two points.
///
/// Sources: James, Demaree & Wolf (1984), Journal of Applied Psychology 69; Lindell, Brandt & Whitney (1999), Applied
/// Psychological Measurement 23; Burke & Dunlap (2002), Organizational Research Methods 5.
pub fn rating_agreement(ratings: &[Vec<f64>], points: u32) -> Option<RatingAgreement> {
    let items = ratings.first()?.len();
    let scale = f64::from(points);
    let fits = ratings
        .iter()
        .all(|row| row.len() == items && row.iter().all(|value| (1.0..=scale).contains(value)));
    if !fits || items == 0 || ratings.len() < 2 || points < 2 {
        return None;
    }
    let columns: Vec<Vec<f64>> = (0..items)
        .map(|item| ratings.iter().map(|row| row[item]).collect())
        .collect();
    let uniform = (scale * scale - 1.0) / 12.0;
    let variances: Vec<f64> = columns.iter().map(|column| variance(column)).collect();
    let rwg: Vec<f64> = variances.iter().map(|v| 1.0 - v / uniform).collect();
    let average = mean(&variances);
    let deviation = |from: &dyn Fn(&[f64]) -> f64| -> Vec<f64> {
        columns
            .iter()
            .map(|column| {
                let centre = from(column);
                mean(
                    &column
                        .iter()
                        .map(|v| (v - centre).abs())
                        .collect::<Vec<_>>(),
                )
            })
            .collect()
    };
    let (ad_mean, ad_median) = (deviation(&mean), deviation(&median));
    Some(RatingAgreement {
        uniform_variance: uniform,
        rwg_truncated: rwg.iter().map(|r| r.max(0.0)).collect(),
        rwg,
        rwg_j: stepped_up(items, average.min(uniform) / uniform).unwrap_or(0.0),
        rwg_j_untruncated: stepped_up(items, average / uniform),
        rwg_j_star: 1.0 - average / uniform,
        variances,
        scale_ad_mean: mean(&ad_mean),
        scale_ad_median: mean(&ad_median),
        ad_mean,
        ad_median,
        ad_limit: scale / 6.0,
    })
}

fn variance(column: &[f64]) -> f64 {
    let centre = mean(column);
    column.iter().map(|v| (v - centre).powi(2)).sum::<f64>() / (column.len() - 1) as f64
}

/// The Spearman-Brown step from one item to `items`, for a share of error variance.
fn stepped_up(items: usize, error: f64) -> Option<f64> {
    let true_part = items as f64 * (1.0 - error);
    let all = true_part + error;
    (all != 0.0).then(|| true_part / all)
}
