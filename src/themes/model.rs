//! A sentence model: texts in, vectors out, so that texts of like meaning lie close though they share no word.
//!
//! The built-in model is all-MiniLM-L6-v2 with int8 weights (`models/all-MiniLM-L6-v2`), compiled in; the
//! program's file holds it, and memory only while somebody uses it. An operator can set a directory with
//! another one. Everything runs here on the processor: no text leaves the machine, nothing is fetched.
//! How the runtime was chosen and what it reaches stands in `docs/THEMES.md`.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use rten::{LoadError, ModelOptions, NodeId, RunOptions, ThreadPool, Value};
use rten_tensor::prelude::*;
use rten_tensor::{NdTensor, Tensor};
use serde::Deserialize;
use tokenizers::{Tokenizer, TruncationParams};

use super::source::ModelSource;

const GRAPH: &[u8] = include_bytes!("../../models/all-MiniLM-L6-v2/model.onnx");
const TOKENIZER: &[u8] = include_bytes!("../../models/all-MiniLM-L6-v2/tokenizer.json");

/// Only so many characters of a text are read, so that a very long one costs no more than a long one. A model
/// reads a few hundred tokens at most; ordinary text of this length has more.
const MOST_CHARACTERS: usize = 8_000;

/// Tokens computed at a time, over all texts of a batch: it bounds the working memory to some tens of megabytes.
const BATCH_TOKENS: usize = 2_048;

/// Tokens of one text when a directory does not say how many its model reads.
const USUAL_TOKENS: usize = 256;

/// Why a model cannot be used. Never holds a word of the texts.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// A file is not there or cannot be read.
    #[error("the model's file {path} cannot be read: {why}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's words.
        why: std::io::Error,
    },
    /// A file does not hold what it should.
    #[error("the model's file {path} cannot be used: {why}")]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The tokenizer failed on a text.
    #[error("the model's tokenizer cannot read one of the texts")]
    Text,
    /// The computation failed or gave something that is not a vector.
    #[error("the model could not be computed: {0}")]
    Computation(String),
}

/// How a text's token vectors become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pooling {
    /// The mean over all tokens.
    Mean,
    /// The first token's.
    First,
    /// The network does it itself.
    Within,
}

/// The languages that a model serves, as primary tags in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Languages {
    All,
    Only(Vec<String>),
}

impl Languages {
    /// Those of the built-in model.
    pub(super) fn built_in() -> Self {
        Self::Only(vec!["en".to_owned()])
    }

    /// Those that a model's directory lists; all where it lists none.
    pub(super) fn of_directory(directory: &Path) -> Result<Self, ModelError> {
        Ok(
            match optional::<Vec<String>>(&directory.join("languages.json"))? {
                Some(tags) => Self::Only(tags.iter().map(|tag| primary(tag)).collect()),
                None => Self::All,
            },
        )
    }

    /// Whether the language of that tag is among them.
    pub(super) fn hold(&self, tag: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(tags) => tags.contains(&primary(tag)),
        }
    }
}

/// A loaded model. Costs some 60 MB (built-in); drop it when it is no longer needed.
pub struct Model {
    network: rten::Model,
    /// One thread: a statement takes about a millisecond, and the server has other work for its cores.
    threads: Arc<ThreadPool>,
    inputs: Vec<(NodeId, Input)>,
    output: NodeId,
    pooling: Pooling,
    tokenizer: Tokenizer,
    languages: Languages,
}

/// What a network wants to be told about its tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Input {
    /// Which they are.
    Ids,
    /// That each of them counts: 1. Only texts of equal length share a batch, so none is padded.
    Mask,
    /// That they belong to the first and only part: 0.
    Parts,
}

impl fmt::Debug for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Model")
            .field("pooling", &self.pooling)
            .field("languages", &self.languages)
            .finish_non_exhaustive()
    }
}

impl Model {
    /// The built-in model (English, vectors of 384). Loaded when nobody holds it, about a tenth of a second;
    /// freed when the last one who holds it lets go.
    pub fn built_in() -> Result<Arc<Self>, ModelError> {
        static BUILT_IN: LazyLock<ModelSource> = LazyLock::new(ModelSource::built_in);
        BUILT_IN.model()
    }

    /// Loads the model in a directory, laid out like `models/all-MiniLM-L6-v2` or like a sentence model on
    /// Hugging Face with its ONNX export:
    ///
    /// - `model.onnx`, or `onnx/model.onnx`, with its data file where it has one. Its inputs are some of
    ///   `input_ids`, `attention_mask` and `token_type_ids`; its outputs hold `sentence_embedding`,
    ///   `last_hidden_state` or `token_embeddings`;
    /// - `tokenizer.json` (`WordPiece`, Unigram or BPE);
    /// - optionally `sentence_bert_config.json` (`max_seq_length`), `1_Pooling/config.json` (mean or first
    ///   token; mean without it) and `languages.json`, a list of the languages it serves such as
    ///   `["de", "fr"]`; without it the model is taken to serve every language.
    ///
    /// A model that wants words put before each text (such as "query: ") does not get them.
    pub fn from_directory(directory: &Path) -> Result<Self, ModelError> {
        let nested = directory.join("onnx").join("model.onnx");
        let graph = if nested.is_file() {
            nested
        } else {
            directory.join("model.onnx")
        };
        // Opened here first, because the system's words say more than the runtime's.
        std::fs::File::open(&graph)
            .and_then(|file| file.metadata())
            .map_err(|why| ModelError::Unreadable {
                path: graph.clone(),
                why,
            })?;
        let network = ModelOptions::with_all_ops()
            .load_file(&graph)
            .map_err(|error| not_a_network(&graph, &error))?;

        let tokenizer = directory.join("tokenizer.json");
        let words = read(&tokenizer)?;
        let length = optional::<Lengths>(&directory.join("sentence_bert_config.json"))?
            .map(|lengths| lengths.max_seq_length);
        let pooling = directory.join("1_Pooling").join("config.json");
        let pooling = match optional::<PoolingModes>(&pooling)? {
            Some(modes) => modes
                .pooling()
                .ok_or_else(|| unusable(&pooling, "only the mean and the first token are known"))?,
            None => Pooling::Mean,
        };
        let languages = Languages::of_directory(directory)?;
        let tokenizer = read_tokenizer(&tokenizer, &words, length)?;
        let model = Self::new(network, &graph, tokenizer, pooling, languages)?;
        // A model whose parts do not fit each other fails here and not in front of a consultant.
        model
            .embed(&["A first text."])
            .map_err(|error| unusable(&graph, error))?;
        Ok(model)
    }

    /// Loads the built-in model.
    pub(super) fn load_built_in() -> Result<Self, ModelError> {
        let place = Path::new("built-in/model.onnx");
        let weights = rten::include_external_data!("../../models/all-MiniLM-L6-v2/model.onnx.data");
        let network = ModelOptions::with_all_ops()
            .external_data_static("model.onnx.data", weights)
            .load_static_slice(GRAPH)
            .map_err(|error| not_a_network(place, &error))?;
        let tokenizer = read_tokenizer(Path::new("built-in/tokenizer.json"), TOKENIZER, None)?;
        Self::new(
            network,
            place,
            tokenizer,
            Pooling::Mean,
            Languages::built_in(),
        )
    }

    fn new(
        network: rten::Model,
        place: &Path,
        tokenizer: Tokenizer,
        pooling: Pooling,
        languages: Languages,
    ) -> Result<Self, ModelError> {
        let name = |id: NodeId| {
            network
                .node_info(id)
                .and_then(|node| node.name().map(str::to_owned))
                .unwrap_or_default()
        };
        let inputs: Vec<(NodeId, Input)> = network
            .input_ids()
            .iter()
            .map(|&id| match name(id).as_str() {
                "input_ids" => Ok((id, Input::Ids)),
                "attention_mask" => Ok((id, Input::Mask)),
                "token_type_ids" => Ok((id, Input::Parts)),
                other => Err(unusable(place, format!("it wants an input “{other}”"))),
            })
            .collect::<Result<_, _>>()?;
        if !inputs.iter().any(|(_, input)| *input == Input::Ids) {
            return Err(unusable(place, "it has no input “input_ids”"));
        }
        let (output, pooling) = [
            "sentence_embedding",
            "last_hidden_state",
            "token_embeddings",
        ]
        .iter()
        .find_map(|wanted| {
            let id = network
                .output_ids()
                .iter()
                .find(|&&id| name(id) == *wanted)?;
            let within = *wanted == "sentence_embedding";
            Some((*id, if within { Pooling::Within } else { pooling }))
        })
        .ok_or_else(|| {
            unusable(
                place,
                "it has no output “sentence_embedding”, “last_hidden_state” or “token_embeddings”",
            )
        })?;
        Ok(Self {
            network,
            threads: Arc::new(ThreadPool::with_num_threads(1)),
            inputs,
            output,
            pooling,
            tokenizer,
            languages,
        })
    }

    /// Whether the model was made for the language of a tag such as `en`, `de-AT` or `fr_CH`.
    pub fn serves(&self, tag: &str) -> bool {
        self.languages.hold(tag)
    }

    /// The primary tags, in lower case, of the languages it was made for; `None` when it does not say, which is
    /// taken for every language.
    pub fn languages(&self) -> Option<&[String]> {
        match &self.languages {
            Languages::All => None,
            Languages::Only(tags) => Some(tags),
        }
    }

    /// A vector of length one for each text, in the order of the texts; all of the same number of dimensions.
    /// The cosine of two is their scalar product, in [-1, 1].
    ///
    /// A text's vector depends on nothing but the text: not on the others, not on their order, not on the number
    /// of threads. Another kind of processor may compute other last digits. Any text will do, the empty one
    /// too; of a long one only the beginning counts (built-in: 256 tokens, about 200 words).
    pub fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, ModelError> {
        let mut ids = Vec::with_capacity(texts.len());
        for text in texts {
            ids.push(self.ids(text)?);
        }
        // Texts of the same number of tokens go together, so nothing has to be padded and a text's companions
        // cannot touch its vector.
        let mut by_length: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (at, ids) in ids.iter().enumerate() {
            by_length.entry(ids.len()).or_default().push(at);
        }
        let mut vectors = vec![Vec::new(); texts.len()];
        for (length, places) in by_length {
            for batch in places.chunks((BATCH_TOKENS / length.max(1)).max(1)) {
                let tokens: Vec<i32> = batch.iter().flat_map(|&at| &ids[at]).copied().collect();
                let computed = self.compute(tokens, batch.len(), length)?;
                for (&at, vector) in batch.iter().zip(computed) {
                    vectors[at] = vector;
                }
            }
        }
        Ok(vectors)
    }

    /// A text's tokens, at least one.
    fn ids(&self, text: &str) -> Result<Vec<i32>, ModelError> {
        let end = text
            .char_indices()
            .nth(MOST_CHARACTERS)
            .map_or(text.len(), |(at, _)| at);
        let encoding = self
            .tokenizer
            .encode_fast(&text[..end], true)
            .map_err(|_| ModelError::Text)?;
        let mut ids: Vec<i32> = encoding.get_ids().iter().map(|&id| id as i32).collect();
        if ids.is_empty() {
            // Only a tokenizer that marks neither beginning nor end gives nothing for an empty text.
            ids.push(0);
        }
        Ok(ids)
    }

    /// The vectors of `texts` texts of `length` tokens each, which stand one after the other.
    fn compute(
        &self,
        tokens: Vec<i32>,
        texts: usize,
        length: usize,
    ) -> Result<Vec<Vec<f32>>, ModelError> {
        let shape = [texts, length];
        let filled = |with: i32| NdTensor::from_data(shape, vec![with; texts * length]);
        let ids = NdTensor::from_data(shape, tokens);
        let inputs = self
            .inputs
            .iter()
            .map(|&(node, input)| {
                let value = match input {
                    Input::Ids => ids.clone(),
                    Input::Mask => filled(1),
                    Input::Parts => filled(0),
                };
                (node, value.into())
            })
            .collect();
        let options = RunOptions::default().with_thread_pool(Some(Arc::clone(&self.threads)));
        let found = self
            .network
            .run(inputs, &[self.output], Some(options))
            .map_err(|error| ModelError::Computation(error.to_string()))?
            .into_iter()
            .next();
        let strange =
            || ModelError::Computation("the result has not the shape of vectors".to_owned());
        let Some(Value::FloatTensor(found)) = found else {
            return Err(strange());
        };
        let (rows, width) = match (self.pooling, found.shape()) {
            (Pooling::Within, &[count, width]) if count == texts => (1, width),
            (Pooling::Mean | Pooling::First, &[count, rows, width])
                if count == texts && rows == length =>
            {
                (rows, width)
            }
            _ => return Err(strange()),
        };
        if width == 0 {
            return Err(strange());
        }
        let values = Tensor::into_data(found);
        values
            .chunks_exact(rows * width)
            .map(|text| match self.pooling {
                Pooling::Mean => unit(text, width),
                Pooling::First | Pooling::Within => unit(&text[..width], width),
            })
            .collect::<Option<_>>()
            .ok_or_else(|| ModelError::Computation("the result is not finite".to_owned()))
    }
}

/// The sum of the rows of a text, brought to length one; the mean points the same way. A vector of zeros becomes the
/// first axis. `None` when a number is not finite.
fn unit(rows: &[f32], width: usize) -> Option<Vec<f32>> {
    let mut sum = vec![0.0_f64; width];
    for row in rows.chunks_exact(width) {
        for (sum, value) in sum.iter_mut().zip(row) {
            *sum += f64::from(*value);
        }
    }
    let length = sum.iter().map(|x| x * x).sum::<f64>().sqrt();
    if !length.is_finite() {
        return None;
    }
    if length == 0.0 {
        sum[0] = 1.0;
        return Some(sum.into_iter().map(|x| x as f32).collect());
    }
    Some(sum.into_iter().map(|x| (x / length) as f32).collect())
}

#[derive(Deserialize)]
struct Lengths {
    max_seq_length: usize,
}

#[derive(Deserialize)]
struct PoolingModes {
    #[serde(default)]
    pooling_mode_mean_tokens: bool,
    #[serde(default)]
    pooling_mode_cls_token: bool,
}

impl PoolingModes {
    fn pooling(&self) -> Option<Pooling> {
        match (self.pooling_mode_mean_tokens, self.pooling_mode_cls_token) {
            (true, false) => Some(Pooling::Mean),
            (false, true) => Some(Pooling::First),
            _ => None,
        }
    }
}

/// `de` of `de-AT`, `DE_ch` and `de`.
fn primary(tag: &str) -> String {
    let primary = tag.split(['-', '_']).next().unwrap_or_default();
    primary.trim().to_ascii_lowercase()
}

fn unusable(path: &Path, why: impl fmt::Display) -> ModelError {
    ModelError::Unusable {
        path: path.to_owned(),
        why: why.to_string(),
    }
}

fn not_a_network(path: &Path, error: &LoadError) -> ModelError {
    unusable(
        path,
        format!("it is not a network that can be run ({error})"),
    )
}

fn read(path: &Path) -> Result<Vec<u8>, ModelError> {
    std::fs::read(path).map_err(|why| ModelError::Unreadable {
        path: path.to_owned(),
        why,
    })
}

/// What a JSON file holds that need not be there.
fn optional<T: for<'a> Deserialize<'a>>(path: &Path) -> Result<Option<T>, ModelError> {
    match read(path) {
        Ok(content) => serde_json::from_slice(&content)
            .map(Some)
            .map_err(|error| unusable(path, error)),
        Err(ModelError::Unreadable { why, .. }) if why.kind() == std::io::ErrorKind::NotFound => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// A tokenizer that pads nothing and cuts at the number of tokens its model reads: what is given, or what its file
/// says, or [`USUAL_TOKENS`].
fn read_tokenizer(
    path: &Path,
    content: &[u8],
    length: Option<usize>,
) -> Result<Tokenizer, ModelError> {
    let mut tokenizer = Tokenizer::from_bytes(content).map_err(|error| unusable(path, error))?;
    let length = length
        .or_else(|| tokenizer.get_truncation().map(|cut| cut.max_length))
        .unwrap_or(USUAL_TOKENS)
        // Fewer leave no room for a word beside the marks of beginning and end; attention over more is slow.
        .clamp(8, 512);
    tokenizer.with_padding(None);
    tokenizer
        .with_truncation(Some(TruncationParams {
            max_length: length,
            ..TruncationParams::default()
        }))
        .map_err(|error| unusable(path, error))?;
    Ok(tokenizer)
}
